/** The name of the open session; a click or F2 makes it a field. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { useRef } from "react";

import type { Session } from "@/api/types";
import { InlineEdit } from "@/components/inline-edit";
import { SHORTCUTS, spokenKeys } from "@/components/shortcuts";
import { t } from "@/i18n";

import { StatusDot } from "./status-dot";
import { useSessionActions } from "./use-session-actions";

interface SessionTitleProps {
  readonly session: Session;
  readonly isRenaming: boolean;
  readonly onRename: (isRenaming: boolean) => void;
}

export function SessionTitle({ session, isRenaming, onRename }: SessionTitleProps) {
  const { rename } = useSessionActions(session.agent_id);
  const wantsFocus = useRef(false);
  if (isRenaming)
    return (
      <Box sx={{ flex: 1, maxWidth: 480, typography: "h6" }}>
        <InlineEdit
          label={t("sessions.name")}
          value={session.session_name}
          onCommit={(name) => rename(session, name)}
          onDone={(givesFocusBack) => {
            wantsFocus.current = givesFocusBack;
            onRename(false);
          }}
        />
      </Box>
    );
  const focusIfWanted = (button: HTMLElement | null) => {
    if (button === null || !wantsFocus.current) return;
    wantsFocus.current = false;
    button.focus();
  };
  return (
    <>
      <Box component="h1" sx={{ m: 0, minWidth: 0, typography: "h6" }}>
        <ButtonBase
          ref={focusIfWanted}
          onClick={() => onRename(true)}
          data-tip={t("sessions.renameHint", { keys: spokenKeys(SHORTCUTS.renameSession) })}
          sx={NAME}
        >
          <Box component="span" dir="auto" sx={CUT}>
            {session.session_name}
          </Box>
        </ButtonBase>
      </Box>
      <StatusDot session={session} />
    </>
  );
}

const NAME = {
  maxWidth: 1,
  px: 0.75,
  py: 0.5,
  marginInlineEnd: 0.5,
  font: "inherit",
  borderRadius: "6px",
  "&:hover": { bgcolor: "action.hover" },
} as const;

const CUT = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" } as const;
