/**
 * What waits until the agent has answered: it can still be changed, put in another order, sent now, or
 * dropped.
 *
 * The rule it keeps: whatever a hand can drag, a button does, too.
 */
import Box from "@mui/material/Box";
import { type DragEvent, type ReactNode, useState } from "react";

import { ActionButton } from "@/components/action-button";
import { announce } from "@/components/announcer";
import { t } from "@/i18n/outgoing";
import { ArrowDownIcon, AttachIcon, ClockIcon, CloseIcon, EditIcon, SendIcon } from "@/icons/icons";

import type { QueuedMessage } from "../use-queue";

interface Props {
  readonly items: readonly QueuedMessage[];
  readonly onMove: (id: string, place: number) => void;
  readonly onEdit: (id: string) => void;
  readonly onSendNow: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

export function QueueChips({ items, onMove, onEdit, onSendNow, onRemove }: Props) {
  const dragging = useDragging(onMove);
  const move = (id: string, place: number) => {
    onMove(id, place);
    announce(t("queue.moved", { n: place + 1, count: items.length }));
  };
  return (
    <Box component="ul" aria-label={t("queue.label")} sx={LIST}>
      {items.map((item, place) => (
        <Box component="li" key={item.id} {...dragging(item.id, place)} sx={ITEM}>
          <ClockIcon sx={{ fontSize: 16, flex: "none", color: "text.secondary" }} />
          <Words item={item} />
          {items.length > 1 && (
            <>
              <Tool
                label={t("queue.earlier")}
                icon={<ArrowDownIcon sx={{ ...SIZE, rotate: "180deg" }} />}
                onClick={() => move(item.id, Math.max(place - 1, 0))}
              />
              <Tool
                label={t("queue.later")}
                icon={<ArrowDownIcon sx={SIZE} />}
                onClick={() => move(item.id, Math.min(place + 1, items.length - 1))}
              />
            </>
          )}
          <Tool
            label={t("queue.edit")}
            icon={<EditIcon sx={SIZE} />}
            onClick={() => onEdit(item.id)}
          />
          <Tool
            label={t("queue.sendNow")}
            icon={<SendIcon sx={SIZE} />}
            onClick={() => onSendNow(item.id)}
          />
          <Tool
            label={t("queue.remove")}
            icon={<CloseIcon sx={SIZE} />}
            onClick={() => onRemove(item.id)}
          />
        </Box>
      ))}
    </Box>
  );
}

function Words({ item: { text, files } }: { readonly item: QueuedMessage }) {
  return (
    <>
      <Box component="span" dir="auto" sx={TEXT}>
        {text}
      </Box>
      {files.length > 0 && (
        <Box component="span" sx={FILES}>
          <AttachIcon sx={{ fontSize: 16 }} />
          {t("queue.files", { count: files.length })}
        </Box>
      )}
    </>
  );
}

interface ToolProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
}

const Tool = (props: ToolProps) => <ActionButton {...props} tooltip="top" />;

/** A message takes the place of the one that it is dragged over, at once. */
function useDragging(onMove: Props["onMove"]) {
  const [dragged, setDragged] = useState<string | null>(null);
  return (id: string, place: number) => ({
    draggable: true,
    onDragStart: (drag: DragEvent) => {
      drag.dataTransfer.effectAllowed = "move";
      drag.dataTransfer.setData("text/plain", ""); // without any data Firefox drags nothing
      setDragged(id);
    },
    onDragOver: (drag: DragEvent) => {
      if (dragged === null) return;
      drag.preventDefault();
      if (dragged !== id) onMove(dragged, place);
    },
    onDrop: (drag: DragEvent) => drag.preventDefault(),
    onDragEnd: () => setDragged(null),
    style: { opacity: dragged === id ? 0.5 : 1 },
  });
}

const SIZE = { fontSize: 18 } as const;

const LIST = {
  listStyle: "none",
  m: 0,
  mb: 1,
  p: 0,
  display: "grid",
  gap: 0.5,
  maxHeight: "30dvh",
  overflowY: "auto",
} as const;

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
  cursor: "grab",
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
