/** The last lines of what the running tool puts out, under the line that says what the agent does. */
import Box from "@mui/material/Box";

import type { ToolCallStep } from "@/api/types";
import { MONO } from "@/theme/theme";
import { useLiveOutput } from "@/turn";

const LINES = 3;

/** A glance for those who see it; the step has it to be read. */
export function LivePeek({ step }: { readonly step: ToolCallStep }) {
  const text = useLiveOutput(step.turn_id, step.step_id);
  if (text === "") return null;
  const lines = text.trimEnd().split("\n").slice(-LINES).join("\n");
  return (
    <Box aria-hidden sx={PEEK}>
      {lines}
    </Box>
  );
}

const PEEK = {
  my: 0.5,
  paddingInlineStart: 1.5,
  borderInlineStart: "2px solid",
  borderColor: "divider",
  fontFamily: MONO,
  fontSize: "0.75rem",
  whiteSpace: "pre",
  overflow: "hidden",
  textOverflow: "ellipsis",
} as const;
