/** Marks a session in which something was said that nobody has seen yet. What else it wants is said by its own point. */
import Box from "@mui/material/Box";
import { useSyncExternalStore } from "react";

import type { Session } from "@/api/types";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n/sessions";
import { isUnread, subscribeToLooks } from "@/storage/looks";

import { attentionOf } from "./status-dot";

export function UnreadMark({ session }: { readonly session: Session }) {
  const isMarked = useSyncExternalStore(subscribeToLooks, () => isUnread(session));
  if (!isMarked) return null;
  const label = t("sessions.unread");
  return (
    <Box
      component="span"
      className="unread"
      {...(attentionOf(session) === null ? { title: label, sx: DOT } : { sx: UNDRAWN })}
    >
      <VisuallyHidden>{label}</VisuallyHidden>
    </Box>
  );
}

/** It takes no room beside the point that says more. */
const UNDRAWN = { position: "absolute" } as const;

const DOT = {
  flex: "none",
  width: 8,
  height: 8,
  borderRadius: "50%",
  bgcolor: "info.main",
  "@media (forced-colors: active)": { bgcolor: "CanvasText", forcedColorAdjust: "none" },
} as const;
