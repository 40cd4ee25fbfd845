/**
 * A session's name, time and state: the link that opens it. What opening will ask for is fetched ahead. While sessions
 * are being chosen it is what chooses this one.
 */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useRef } from "react";
import { Link } from "wouter";

import { prefetchTurns } from "@/api/queries";
import type { Session } from "@/api/types";
import { paths } from "@/components/paths";
import { CheckIcon } from "@/icons/icons";

import { SessionTime } from "./session-time";
import { StatusDot } from "./status-dot";
import { UnreadMark } from "./unread-mark";

/** Who rests on a row this long is about to open it. */
const PREFETCH_AFTER_MS = 80;

interface SessionLinkProps {
  readonly session: Session;
  readonly isOpen: boolean;
  readonly isTabStop: boolean;
  /** Null: nothing is being chosen. */
  readonly isChosen: boolean | null;
  readonly onKeyDown: (press: KeyboardEvent) => void;
  readonly linkRef: (link: HTMLElement | null) => void;
}

export function SessionLink(props: SessionLinkProps) {
  const { session, isOpen, isTabStop, isChosen, onKeyDown, linkRef } = props;
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
      {...(isChosen !== null && { role: "checkbox", "aria-checked": isChosen })}
      onKeyDown={onKeyDown}
      onPointerEnter={prefetch}
      onPointerLeave={stopPrefetch}
      onFocus={prefetch}
      onBlur={stopPrefetch}
      sx={LINK}
    >
      {isChosen !== null && (
        <Box component="span" sx={isChosen ? CHOSEN : BOX}>
          {isChosen && <CheckIcon sx={{ fontSize: 14 }} />}
        </Box>
      )}
      <StatusDot session={session} />
      <UnreadMark session={session} />
      <Box component="span" dir="auto" sx={NAME}>
        {session.session_name}
      </Box>
      <Box component="span" className="row-time" sx={TIME}>
        <SessionTime at={session.updated_at} />
      </Box>
    </ButtonBase>
  );
}

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
  "&:has(.unread)": { fontWeight: 650 },
  "&[aria-current]": {
    fontWeight: 550,
    bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.12)",
    "@media (forced-colors: active)": { border: "1px solid Highlight" },
  },
  "&[aria-checked=true]": { bgcolor: "rgb(var(--t-palette-primary-mainChannel) / 0.12)" },
} as const;

const BOX = {
  flex: "none",
  display: "grid",
  placeItems: "center",
  width: 18,
  height: 18,
  border: "1.5px solid",
  borderColor: "text.secondary",
  borderRadius: "5px",
} as const;

const CHOSEN = {
  ...BOX,
  borderColor: "primary.main",
  bgcolor: "primary.main",
  color: "primary.contrastText",
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
