/** What a tool asks a person in the middle of a call, as a form of what it wants to know. */
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import type { Question } from "@/api/types";
import { SchemaForm } from "@/forms/schema-form";
import { useSchemaForm } from "@/forms/use-schema-form";
import { t } from "@/i18n/tools";

import { ACTIONS, DecisionFrame } from "./decision-frame";
import { type Asked, useDecision } from "./use-decision";

interface Props extends Asked {
  readonly question: Question;
}

export function QuestionCard({ question, ...asked }: Props) {
  const deciding = useDecision(asked);
  const problems = deciding.problemsIn("answer");
  const form = useSchemaForm(question.requested_schema, undefined, problems);
  const { made } = deciding;
  const asksNothing = form.root?.fields.length === 0;
  const answer = () => {
    const given = form.take();
    if (given !== null) deciding.make({ decision: "approve", answer: given });
  };
  return (
    <DecisionFrame
      tool={asked.step.tool_call.tool_name}
      title={t("decision.question")}
      deciding={deciding}
      isQuestion
      isPlaced={Object.keys(problems).length > 0}
      onApprove={answer}
    >
      <Typography variant="body1" dir="auto" sx={MESSAGE}>
        {question.message}
      </Typography>
      {!asksNothing && <SchemaForm form={form} label={t("decision.answer")} />}
      <Box sx={ACTIONS}>
        <Button
          type="submit"
          size="small"
          variant="contained"
          loading={made === "approve"}
          disabled={made !== null}
        >
          {asksNothing ? t("decision.confirm") : t("decision.sendAnswer")}
        </Button>
        <Button
          size="small"
          variant="outlined"
          color="inherit"
          loading={made === "deny"}
          disabled={made !== null}
          onClick={() => deciding.make({ decision: "deny" })}
        >
          {t("decision.decline")}
        </Button>
      </Box>
      <Typography variant="caption" sx={{ color: "text.secondary" }}>
        {t("decision.goesTo")}
      </Typography>
    </DecisionFrame>
  );
}

const MESSAGE = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;
