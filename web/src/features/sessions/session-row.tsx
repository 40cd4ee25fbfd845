/** One session in the list: its name opens it; ⋯, a right click, F2 and Delete do the rest. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { Link } from "wouter";

import { prefetchTurns } from "@/api/queries";
import type { Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { InlineEdit } from "@/components/inline-edit";
import { paths } from "@/components/paths";
import { t } from "@/i18n";
import { MoreIcon } from "@/icons/icons";

import { LazySessionMenu, preloadSessionMenu } from "./lazy-session-menu";
import type { MenuAnchor } from "./session-menu";
import { SessionTime } from "./session-time";
import { StatusDot } from "./status-dot";
import type { SessionActions } from "./use-session-actions";

/** Who rests on a row this long is about to open it. */
const PREFETCH_AFTER_MS = 80;

interface SessionRowProps {
  readonly session: Session;
  readonly actions: SessionActions;
  readonly isOpen: boolean;
  /** The one row of the list that Tab stops at. */
  readonly isTabStop: boolean;
}

export function SessionRow({ session, actions, isOpen, isTabStop }: SessionRowProps) {
  const [isRenaming, setRenaming] = useState(false);
  const [anchor, setAnchor] = useState<MenuAnchor | null>(null);
  const wantsFocus = useRef(false);

  if (isRenaming)
    return (
      <Box sx={{ px: 1, py: 0.5, typography: "body2" }}>
        <InlineEdit
          label={t("sessions.name")}
          value={session.session_name}
          onCommit={(name) => actions.rename(session, name)}
          onDone={(givesFocusBack) => {
            wantsFocus.current = givesFocusBack;
            setRenaming(false);
          }}
        />
      </Box>
    );

  const onKeyDown = (press: KeyboardEvent) => {
    if (press.key === "F2") setRenaming(true);
    else if (press.key === "Delete") actions.remove(session);
    else return;
    press.preventDefault();
  };
  const onContextMenu = (click: MouseEvent) => {
    click.preventDefault();
    setAnchor({ top: click.clientY, left: click.clientX });
  };
  const focusIfWanted = (link: HTMLElement | null) => {
    if (link === null || !wantsFocus.current) return;
    wantsFocus.current = false;
    link.focus();
  };

  return (
    <Box sx={ROW} onContextMenu={onContextMenu}>
      <SessionLink
        session={session}
        isOpen={isOpen}
        isTabStop={isTabStop}
        onKeyDown={onKeyDown}
        linkRef={focusIfWanted}
      />
      <ActionButton
        className="row-actions"
        label={t("sessions.menu", { name: session.session_name })}
        icon={<MoreIcon sx={{ fontSize: 18 }} />}
        tabIndex={isTabStop ? 0 : -1}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onPointerEnter={preloadSessionMenu}
        onClick={(click) => setAnchor(click.currentTarget)}
      />
      {anchor !== null && (
        <LazySessionMenu
          session={session}
          actions={actions}
          anchor={anchor}
          onClose={() => setAnchor(null)}
          onRename={() => setRenaming(true)}
        />
      )}
    </Box>
  );
}

interface SessionLinkProps extends Pick<SessionRowProps, "session" | "isOpen" | "isTabStop"> {
  readonly onKeyDown: (press: KeyboardEvent) => void;
  readonly linkRef: (link: HTMLElement | null) => void;
}

function SessionLink({ session, isOpen, isTabStop, onKeyDown, linkRef }: SessionLinkProps) {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { agent_id: agentId, session_id: sessionId } = session;
  const stopPrefetch = () => clearTimeout(timer.current);
  const prefetch = () => {
    stopPrefetch();
    timer.current = setTimeout(() => prefetchTurns(client, agentId, sessionId), PREFETCH_AFTER_MS);
  };
  return (
    <ButtonBase
      ref={linkRef}
      component={Link}
      href={paths.session(agentId, sessionId)}
      aria-current={isOpen ? "page" : undefined}
      tabIndex={isTabStop ? 0 : -1}
      onKeyDown={onKeyDown}
      onPointerEnter={prefetch}
      onPointerLeave={stopPrefetch}
      onFocus={prefetch}
      onBlur={stopPrefetch}
      sx={LINK}
    >
      <StatusDot session={session} />
      <Box component="span" dir="auto" sx={NAME}>
        {session.session_name}
      </Box>
      <Box component="span" className="row-time" sx={TIME}>
        <SessionTime at={session.updated_at} />
      </Box>
    </ButtonBase>
  );
}

const ROW = {
  position: "relative",
  "& .row-actions": {
    position: "absolute",
    insetInlineEnd: 4,
    top: "calc(50% - 14px)",
    opacity: 0,
  },
  "&:hover, &:focus-within": { "& .row-actions": { opacity: 1 }, "& .row-time": { opacity: 0 } },
  // A finger cannot hover: what it can do is always there.
  "@media (hover: none)": {
    "& .row-actions": { opacity: 1, top: "calc(50% - 20px)", p: 1.25 },
    "& .row-time": { display: "none" },
    "& > a": { minHeight: 44, paddingInlineEnd: 5 },
  },
} as const;

const LINK = {
  width: 1,
  justifyContent: "flex-start",
  textAlign: "start",
  gap: 1,
  minHeight: "calc(20px + 2 * var(--t-spacing))",
  px: 1.25,
  py: 0.5,
  borderRadius: "8px",
  "&.Mui-focusVisible, &:focus-visible": { outlineOffset: -2 },
  "&:hover": { bgcolor: "action.hover" },
  "&[aria-current]": {
    fontWeight: 550,
    bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.12)",
    "@media (forced-colors: active)": { border: "1px solid Highlight" },
  },
} as const;

const NAME = {
  flex: 1,
  minWidth: 0,
  fontSize: "0.875rem",
  lineHeight: 1.5,
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;

const TIME = { flex: "none", typography: "caption", color: "text.secondary" } as const;
