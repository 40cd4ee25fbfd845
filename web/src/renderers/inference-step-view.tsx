/** One question to the model: how fast it answered, what it thought, and what it said on the way. */
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { InferenceStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { t } from "@/i18n/turns";
import { ModelIcon } from "@/icons/icons";

import { FactList } from "./fact-list";
import { inferenceFacts } from "./inference-facts";
import { StepLine } from "./step-line";
import { useExpanded } from "./use-expanded";

export function InferenceStepView({ step }: { readonly step: InferenceStep }) {
  const { usage, model, error } = step;
  const open = useExpanded(step.status === "failed");
  const tokens = usage && t("step.tokens", { count: usage.input_tokens + usage.output_tokens });
  return (
    <Disclosure
      {...open}
      summary={
        <StepLine
          icon={<ModelIcon fontSize="inherit" />}
          name={model === "" ? t("step.inference") : model}
          step={step}
          note={tokens ?? undefined}
        />
      }
    >
      <Box sx={BODY}>
        {error && <Typography color="error">{error.message}</Typography>}
        <FactList facts={inferenceFacts(step)} />
        <Words label={t("step.reasoning")} text={step.model_response.reasoning} />
      </Box>
    </Disclosure>
  );
}

function Words({ label, text }: { readonly label: string; readonly text: string }) {
  if (text === "") return null;
  return (
    <div role="group" aria-label={label}>
      <Typography variant="overline" sx={{ color: "text.secondary" }}>
        {label}
      </Typography>
      <Typography
        variant="body2"
        dir="auto"
        sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
      >
        {text}
      </Typography>
    </div>
  );
}

const BODY = {
  display: "grid",
  gap: 1,
  my: 0.5,
  px: 1.5,
  py: 1,
  border: 1,
  borderColor: "divider",
  borderRadius: 1,
  bgcolor: "background.paper",
} as const;
