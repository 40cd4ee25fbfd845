/** A piece of a talk, as talks will look. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import type { Turn } from "@/api/types";
import { t } from "@/i18n/settings";
import { TurnRenderer } from "@/renderers/turn-renderer";

const CODE = `def area(radius: float) -> float:
    """Of a circle."""
    return 3.1416 * radius**2  # nearly`;
const BEGAN = "2026-01-01T00:00:00.000000Z";

/** Nothing is said of what it took: nothing did. */
const turn = (): Turn => ({
  turn_id: "sample",
  session_id: "sample",
  n: 1,
  status: "completed",
  wait_reason: null,
  input_messages: [{ role: "user", content: t("settings.sampleQuestion"), files: [] }],
  steps: [],
  output_message: {
    role: "assistant",
    content: `${t("settings.sampleAnswer")}\n\n\`\`\`python\n${CODE}\n\`\`\``,
    reasoning: "",
    stop_reason: "end_of_turn",
    tool_calls: [],
  },
  output_attachments: [],
  started_at: BEGAN,
  completed_at: BEGAN,
  error: null,
  usage: null,
  parent_turn_id: null,
  last_event_id: null,
  feedback: null,
});

export function Sample() {
  const title = useId();
  return (
    <Box component="section" aria-labelledby={title} sx={{ mt: 3 }}>
      <Typography id={title} variant="h3" component="h2">
        {t("settings.sample")}
      </Typography>
      <Box sx={FRAME}>
        <TurnRenderer turn={turn()} agentName="Tertulia" actions={null} />
      </Box>
    </Box>
  );
}

const FRAME = {
  mt: 1.5,
  p: { xs: 2, sm: 3 },
  border: 1,
  borderColor: "divider",
  borderRadius: "12px",
} as const;
