/** What the model thought before it spoke: its last lines while it thinks, folded away afterwards. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { InferenceStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { formatDuration, t } from "@/i18n";

import { thoughtDuration } from "./turn-facts";

export function Reasoning({ step }: { readonly step: InferenceStep }) {
  const { reasoning, content } = step.model_response;
  if (reasoning === "") return null;
  const isThinking = step.status === "running" && content === "";
  if (isThinking) return <Peek text={reasoning} />;
  const duration = thoughtDuration(step);
  return (
    <Box sx={{ alignSelf: "stretch", typography: "body2", color: "text.secondary" }}>
      <Disclosure
        summary={
          duration === null
            ? t("turn.thought")
            : t("turn.thoughtFor", { duration: formatDuration(Math.max(1000, duration)) })
        }
      >
        <Typography variant="body2" dir="auto" sx={{ ...THOUGHT, my: 0.5 }}>
          {reasoning}
        </Typography>
      </Disclosure>
    </Box>
  );
}

/** The end of what is known so far, three lines of it. */
function Peek({ text }: { readonly text: string }) {
  return (
    <Box sx={PEEK}>
      <Typography variant="body2" dir="auto" sx={THOUGHT}>
        {text}
      </Typography>
    </Box>
  );
}

const THOUGHT = {
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
  color: "text.secondary",
  paddingInlineStart: 1.5,
  borderInlineStart: "2px solid",
  borderColor: "divider",
} as const;

const PEEK = {
  display: "flex",
  flexDirection: "column",
  justifyContent: "flex-end",
  maxHeight: "4.5rem",
  overflow: "hidden",
  my: 0.5,
} as const;
