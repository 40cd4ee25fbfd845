/**
 * The session list in its smallest form, for narrow screens: one field that shows where one is and
 * goes elsewhere. `onSessionChange` is called with a session's id, or with "new".
 */
import Box from "@mui/material/Box";
import Divider from "@mui/material/Divider";
import MenuItem from "@mui/material/MenuItem";
import Select from "@mui/material/Select";
import Typography from "@mui/material/Typography";

import { useRef, useState } from "react";

import type { Session } from "@/api/types";
import { t } from "@/i18n/sessions";

import { NEW_SESSION } from "./new-session";
import { StatusDot } from "./status-dot";
import { UnreadMark } from "./unread-mark";
import { ALL_SESSIONS, useSessionList } from "./use-session-list";

interface SessionSelectorProps {
  readonly agentId: string;
  /** Null: a session that is not there yet. */
  readonly currentSession: Session | null;
  readonly onSessionChange: (sessionId: string) => void;
}

export function SessionSelector({
  agentId,
  currentSession,
  onSessionChange,
}: SessionSelectorProps) {
  const { pinned, others, hasMore, loadMore } = useSessionList(agentId, ALL_SESSIONS);
  const menu = useMenuThatStays();
  const listed = [...pinned, ...others];
  const sessions =
    currentSession === null || listed.some((s) => s.session_id === currentSession.session_id)
      ? listed
      : [currentSession, ...listed];
  return (
    <Select
      variant="standard"
      disableUnderline
      fullWidth
      value={currentSession?.session_id ?? NEW_SESSION}
      open={menu.isOpen}
      onOpen={menu.open}
      onClose={menu.close}
      onChange={(change) => {
        if (change.target.value !== MORE) onSessionChange(change.target.value);
      }}
      inputProps={{ "aria-label": t("sessions.choose") }}
      renderValue={(value) => (
        <Box dir="auto" sx={{ overflow: "hidden", textOverflow: "ellipsis" }}>
          {nameOf(sessions, value)}
        </Box>
      )}
      MenuProps={{
        slotProps: { paper: { sx: { maxHeight: "70dvh", maxWidth: "calc(100vw - 32px)" } } },
      }}
      sx={{ typography: "h6", "& .MuiSelect-select": { py: 1, borderRadius: "8px" } }}
    >
      <MenuItem value={NEW_SESSION}>{t("sessions.new")}</MenuItem>
      {sessions.length > 0 && <Divider />}
      {sessions.map((session) => (
        <MenuItem key={session.session_id} value={session.session_id}>
          <Typography component="span" variant="body2" noWrap dir="auto" sx={{ flex: 1 }}>
            {session.session_name}
          </Typography>
          <StatusDot session={session} />
          <UnreadMark session={session} />
        </MenuItem>
      ))}
      {hasMore && (
        <MenuItem
          value={MORE}
          onClick={() => {
            menu.stay();
            loadMore();
          }}
          sx={{ color: "primary.main" }}
        >
          {t("sessions.more")}
        </MenuItem>
      )}
    </Select>
  );
}

/** No session is called so. */
const MORE = "more…";

/** Each choice closes a menu, but one that only brings more to choose from. */
function useMenuThatStays() {
  const [isOpen, setOpen] = useState(false);
  const stays = useRef(false);
  return {
    isOpen,
    open: () => setOpen(true),
    stay: () => (stays.current = true),
    close: () => {
      setOpen(stays.current);
      stays.current = false;
    },
  };
}

function nameOf(sessions: readonly Session[], id: string): string {
  return sessions.find((session) => session.session_id === id)?.session_name ?? t("sessions.new");
}
