/** A point beside a session's name when its agent works, waits for somebody, or has failed. */
import { keyframes } from "@emotion/react";
import Box from "@mui/material/Box";

import type { Session } from "@/api/types";
import { VisuallyHidden } from "@/components/visually-hidden";
import { t } from "@/i18n";

type Attention = "running" | "awaiting_input" | "failed";

const COLORS = {
  running: "primary.main",
  awaiting_input: "warning.main",
  failed: "error.main",
} as const satisfies Record<Attention, string>;

const breathe = keyframes({ "50%": { opacity: 0.35 } });

/** What somebody should know of the session, if anything. */
export function attentionOf(session: Session): Attention | null {
  if (session.status !== "idle") return session.status;
  return session.last_turn_status === "failed" ? "failed" : null;
}

export function StatusDot({ session }: { readonly session: Session }) {
  const attention = attentionOf(session);
  if (attention === null) return null;
  const label = t(`sessions.status.${attention}`);
  return (
    <Box
      component="span"
      title={label}
      sx={{
        flex: "none",
        width: 8,
        height: 8,
        borderRadius: "50%",
        bgcolor: COLORS[attention],
        animation: attention === "running" ? `${breathe} 1.6s ease-in-out infinite` : "none",
        "@media (forced-colors: active)": { bgcolor: "CanvasText", forcedColorAdjust: "none" },
      }}
    >
      <VisuallyHidden>{label}</VisuallyHidden>
    </Box>
  );
}
