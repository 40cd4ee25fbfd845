/** The tool calls of a turn about which a person decides, each by itself: what it is about says which card it gets. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { ToolCallStep, Turn } from "@/api/types";
import { t } from "@/i18n/tools";

import { ApprovalCard } from "./approval-card";
import { MAX_WIDTH } from "./chat-message";
import { LostCallCard } from "./lost-call-card";
import { QuestionCard } from "./question-card";
import type { TurnActions } from "./turn-actions";
import type { Asked } from "./use-decision";

interface Props {
  readonly turn: Turn;
  readonly pending: readonly ToolCallStep[];
  readonly decide: TurnActions["decide"];
}

export function DecisionCards({ turn, pending, decide }: Props) {
  return (
    <Box sx={{ alignSelf: "stretch", maxWidth: MAX_WIDTH, minWidth: 0 }}>
      {pending.length > 1 && (
        <Typography variant="body2" sx={{ mb: 1, color: "text.secondary" }}>
          {t("decision.several", { count: pending.length })}
        </Typography>
      )}
      <Box sx={{ display: "grid", gap: 1.5 }}>
        {pending.map((step) => (
          <DecisionCard key={step.step_id} turn={turn} step={step} decide={decide} />
        ))}
      </Box>
    </Box>
  );
}

function DecisionCard({ turn, step, decide }: Asked) {
  const asked = { turn, step, decide };
  const { question } = step;
  if (question !== null) return <QuestionCard key={question.key} {...asked} question={question} />;
  // A call that was never made is at no attempt yet.
  return step.attempt > 0 ? <LostCallCard {...asked} /> : <ApprovalCard {...asked} />;
}
