/** What can be done with the sessions that are chosen: all of them at once. Esc leaves the selection. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { Suspense, useEffect, useState } from "react";

import type { Session } from "@/api/types";
import { ActionButton } from "@/components/action-button";
import { announce } from "@/components/announcer";
import { late } from "@/components/late";
import { type Shortcut, SHORTCUTS } from "@/components/shortcuts";
import { useShortcut } from "@/components/use-shortcut";
import { t } from "@/i18n/sessions";
import {
  ArchiveIcon,
  CloseIcon,
  DeleteIcon,
  PinIcon,
  UnarchiveIcon,
  UnpinIcon,
} from "@/icons/icons";
import { TagIcon } from "@/icons/tag-icon";

import { useBatchActions } from "./use-batch-actions";

const TagsDialog = late(async () => (await import("./tags-dialog")).TagsDialog);

/** As it closes whatever is open. In a text field it is the field's. */
const LEAVE: Shortcut = { ...SHORTCUTS.stop, notTyping: true };

interface BatchBarProps {
  readonly agentId: string;
  /** At least one. */
  readonly sessions: readonly Session[];
  readonly onAll: () => void;
  readonly onLeave: () => void;
}

export function BatchBar({ agentId, sessions, onAll, onLeave }: BatchBarProps) {
  const actions = useBatchActions(agentId, sessions, onLeave);
  const [isTagging, setTagging] = useState(false);
  const count = sessions.length;
  const pin = sessions.some((session) => !session.pinned) ? "pin" : "unpin";
  const archive = sessions.some((session) => !session.archived) ? "archive" : "unarchive";
  const leave = () => {
    announce(t("batch.left"));
    onLeave();
  };
  useShortcut(LEAVE, leave, !isTagging, document); // before it stops an answer
  useShortcut(SHORTCUTS.deleteSession, actions.remove, !isTagging);
  useEffect(() => announce(t("batch.spoken", { count })), [count]);
  return (
    <Box role="group" aria-label={t("batch.bar")} sx={BAR}>
      <Box sx={COUNT}>{t("batch.selected", { count })}</Box>
      <Button
        size="small"
        color="inherit"
        aria-label={t("batch.allLabel")}
        onClick={onAll}
        sx={ALL}
      >
        {t("batch.all")}
      </Button>
      <Box sx={ACTIONS}>
        <ActionButton
          label={t(`batch.${pin}`)}
          icon={pin === "pin" ? <PinIcon sx={ICON} /> : <UnpinIcon sx={ICON} />}
          tooltip="top"
          onClick={() => actions.change(pin)}
        />
        <ActionButton
          label={t("tags.open")}
          icon={<TagIcon sx={ICON} />}
          tooltip="top"
          aria-haspopup="dialog"
          onClick={() => setTagging(true)}
        />
        {isTagging && (
          <Suspense>
            <TagsDialog sessions={sessions} onClose={() => setTagging(false)} />
          </Suspense>
        )}
        <ActionButton
          label={t(`batch.${archive}`)}
          icon={archive === "archive" ? <ArchiveIcon sx={ICON} /> : <UnarchiveIcon sx={ICON} />}
          tooltip="top"
          onClick={() => actions.change(archive)}
        />
        <ActionButton
          label={t("action.delete")}
          icon={<DeleteIcon sx={ICON} />}
          tooltip="top"
          shortcut={SHORTCUTS.deleteSession}
          onClick={actions.remove}
          sx={{ color: "error.main" }}
        />
        <ActionButton
          label={t("batch.leave")}
          icon={<CloseIcon sx={ICON} />}
          tooltip="top"
          shortcut={LEAVE}
          onClick={leave}
        />
      </Box>
    </Box>
  );
}

const ICON = { fontSize: 18 } as const;

/** What does not fit into one line is two: how many, and what can be done with them. */
const COUNT = {
  flex: "99 0 auto",
  typography: "body2",
  fontWeight: 550,
  whiteSpace: "nowrap",
} as const;

const ACTIONS = { flex: "1 0 auto", display: "flex", justifyContent: "space-between" } as const;

const ALL = { minWidth: 0, px: 1 } as const;

const BAR = {
  flex: "none",
  display: "flex",
  flexWrap: "wrap",
  alignItems: "center",
  mx: 1,
  mt: 0.5,
  paddingInlineStart: 1.25,
  paddingInlineEnd: 0.5,
  py: 0.5,
  border: 1,
  borderColor: "surface.outline",
  borderRadius: "10px",
  bgcolor: "background.paper",
  boxShadow: 1,
  "@media (pointer: coarse)": { "& .MuiIconButton-root": { p: 1.25 } },
} as const;
