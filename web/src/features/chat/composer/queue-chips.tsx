/** What waits until the agent has answered: it can still be changed, sent now, or dropped. */
import Box from "@mui/material/Box";

import { ActionButton } from "@/components/action-button";
import { t } from "@/i18n/outgoing";
import { AttachIcon, ClockIcon, CloseIcon, EditIcon, SendIcon } from "@/icons/icons";

import type { QueuedMessage } from "../use-queue";

interface Props {
  readonly items: readonly QueuedMessage[];
  readonly onEdit: (id: string) => void;
  readonly onSendNow: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

export function QueueChips({ items, onEdit, onSendNow, onRemove }: Props) {
  return (
    <Box component="ul" aria-label={t("queue.label")} sx={LIST}>
      {items.map(({ id, text, files }) => (
        <Box component="li" key={id} sx={ITEM}>
          <ClockIcon sx={{ fontSize: 16, flex: "none", color: "text.secondary" }} />
          <Box component="span" dir="auto" sx={TEXT}>
            {text}
          </Box>
          {files.length > 0 && (
            <Box component="span" sx={FILES}>
              <AttachIcon sx={{ fontSize: 16 }} />
              {t("queue.files", { count: files.length })}
            </Box>
          )}
          <ActionButton
            label={t("queue.edit")}
            icon={<EditIcon sx={SIZE} />}
            onClick={() => onEdit(id)}
          />
          <ActionButton
            label={t("queue.sendNow")}
            icon={<SendIcon sx={SIZE} />}
            onClick={() => onSendNow(id)}
          />
          <ActionButton
            label={t("queue.remove")}
            icon={<CloseIcon sx={SIZE} />}
            onClick={() => onRemove(id)}
          />
        </Box>
      ))}
    </Box>
  );
}

const SIZE = { fontSize: 18 } as const;

const LIST = { listStyle: "none", m: 0, mb: 1, p: 0, display: "grid", gap: 0.5 } as const;

const ITEM = {
  display: "flex",
  alignItems: "center",
  gap: 0.5,
  minWidth: 0,
  paddingInlineStart: 1.5,
  paddingInlineEnd: 0.5,
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
  bgcolor: "background.paper",
} as const;

const FILES = {
  flex: "none",
  display: "inline-flex",
  alignItems: "center",
  gap: 0.5,
  typography: "caption",
  color: "text.secondary",
} as const;

const TEXT = {
  flex: 1,
  minWidth: 0,
  px: 0.5,
  typography: "body2",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;
