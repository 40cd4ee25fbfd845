/**
 * How a turn came about: beside the talk, or over it where there is no room.
 *
 * The rules it keeps: what it shows is in the address; it is drawn a few times a second while a turn
 * runs, and the transcript never for its sake; closed, it gives the focus back.
 */
import Box from "@mui/material/Box";
import Dialog from "@mui/material/Dialog";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
} from "react";
import { ErrorBoundary } from "react-error-boundary";
import { useLocationProperty } from "wouter/use-browser-location";

import { pointAt, stepIn } from "@/components/inspected";
import { InlineAlert } from "@/components/inline-alert";
import { isTyping } from "@/components/shortcuts";
import { t } from "@/i18n/inspector";

import { SoughtTurn } from "./sought-turn";

interface Props {
  readonly agentId: string;
  readonly sessionId: string;
  readonly isSheet: boolean;
  readonly onClose: () => void;
}

export function Inspector({ agentId, sessionId, isSheet, onClose }: Props) {
  const turnId = useLocationProperty(() => new URLSearchParams(location.search).get("turn"));
  const stepId = useLocationProperty(() => stepIn(location.hash));
  const point = useCallback(
    (turn: string | null, step: string | null) =>
      pointAt(agentId, sessionId, { turnId: turn, stepId: step }),
    [agentId, sessionId],
  );
  const pane = (
    <ErrorBoundary
      fallbackRender={() => <InlineAlert severity="error" title={t("turn.broken")} />}
      resetKeys={[turnId, stepId]}
    >
      <SoughtTurn
        agentId={agentId}
        sessionId={sessionId}
        turnId={turnId}
        stepId={stepId}
        onPoint={point}
        onClose={onClose}
      />
    </ErrorBoundary>
  );
  return isSheet ? (
    <Dialog
      fullScreen
      open
      onClose={onClose}
      slotProps={{ paper: { "aria-label": t("frame.inspector") } }}
    >
      <Box component="aside" aria-label={t("frame.inspector")} sx={SHEET}>
        {pane}
      </Box>
    </Dialog>
  ) : (
    <Beside onClose={onClose}>{pane}</Beside>
  );
}

function Beside({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const aside = useRef<HTMLElement>(null);
  useLentFocus(aside);
  const onKeyDown = (press: KeyboardEvent) => {
    if (press.key !== "Escape" || press.defaultPrevented) return;
    press.preventDefault();
    press.stopPropagation();
    onClose();
  };
  return (
    <Box
      component="aside"
      ref={aside}
      tabIndex={-1}
      aria-label={t("frame.inspector")}
      onKeyDown={onKeyDown}
      sx={ASIDE}
    >
      {children}
    </Box>
  );
}

/**
 * Whoever opens it by the keyboard goes on in it, unless they write; nobody is moved when the page opens.
 * They get the focus back, if it lay within when it closed.
 */
function useLentFocus(aside: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const opener = document.activeElement;
    const pane = aside.current;
    if (opener !== document.body && !isTyping(opener)) pane?.focus();
    const hadFocus = { now: false };
    const look = () => (hadFocus.now = pane?.contains(document.activeElement) ?? false);
    document.addEventListener("focusin", look);
    document.addEventListener("keydown", look, true);
    document.addEventListener("click", look, true);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("keydown", look, true);
      document.removeEventListener("click", look, true);
      if (hadFocus.now && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [aside]);
}

const PANE = {
  display: "flex",
  flexDirection: "column",
  minHeight: 0,
  minWidth: 0,
  overflow: "hidden",
  bgcolor: "background.default",
} as const;

const ASIDE = {
  ...PANE,
  flex: "none",
  width: 400,
  borderInlineStart: "1px solid",
  borderColor: "divider",
  outline: "none",
} as const;

const SHEET = { ...PANE, height: "100dvh" } as const;
