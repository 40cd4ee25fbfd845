/** What came of a step: its figures, and what it said or answered. */
import Box from "@mui/material/Box";

import type { InferenceStep, OtherStep, Step, ToolCallStep, Turn } from "@/api/types";
import { formatDuration, formatNumber } from "@/i18n";
import { t } from "@/i18n/inspector";
import { t as ofTurns } from "@/i18n/turns";
import type { Fact } from "@/renderers/fact-list";
import { inferenceFacts } from "@/renderers/inference-facts";
import { ToolAnswer } from "@/renderers/tool-answer";
import { begunAt, between, stepDuration } from "@/renderers/turn-facts";

import { CallView, CopyValue, Facts, LongJson, LongText, Quiet, Section } from "./part-section";
import { standingOf } from "./step-looks";

interface Props {
  readonly turn: Turn;
  readonly step: Step;
}

export function ResponsePart({ turn, step }: Props) {
  return (
    <>
      <Section
        title={t("part.response")}
        actions={<CopyValue what={t("response.copy")} value={step} />}
      >
        <Facts facts={factsOf(turn, step)} />
        {step.error && (
          <Box sx={{ typography: "body2", color: "error.main", mt: 1, overflowWrap: "anywhere" }}>
            {step.error.message}
          </Box>
        )}
      </Section>
      {bodyOf(step)}
    </>
  );
}

function bodyOf(step: Step) {
  switch (step.step_type) {
    case "inference":
      return <Said step={step} />;
    case "tool_call":
      return <Answered step={step} />;
    case "other":
      return <Found step={step} />;
    default:
      step satisfies never;
      return <LongJson value={step} label={t("part.response")} />;
  }
}

function Said({ step }: { readonly step: InferenceStep }) {
  const { content, reasoning, tool_calls: calls } = step.model_response;
  const isSilent = content === "" && reasoning === "" && calls.length === 0;
  return (
    <>
      {reasoning !== "" && (
        <Section title={t("response.reasoning")}>
          <LongText text={reasoning} label={t("response.reasoning")} />
        </Section>
      )}
      {(content !== "" || isSilent) && (
        <Section title={t("response.text")}>
          {isSilent ? (
            <Quiet>{t(step.status === "running" ? "response.nothing" : "response.said")}</Quiet>
          ) : (
            <LongText text={content} label={t("response.text")} />
          )}
        </Section>
      )}
      {calls.length > 0 && (
        <Section title={t("response.calls", { count: calls.length })}>
          {calls.map((call) => (
            <CallView key={call.call_id} call={call} />
          ))}
        </Section>
      )}
    </>
  );
}

function Answered({ step }: { readonly step: ToolCallStep }) {
  return step.tool_response === null ? (
    <Section title={t("response.text")}>
      <Quiet>{t("response.nothing")}</Quiet>
    </Section>
  ) : (
    <Box sx={{ mt: 1.5 }}>
      <ToolAnswer {...step.tool_response} />
    </Box>
  );
}

function Found({ step }: { readonly step: OtherStep }) {
  const { violation, inserted_context: context } = step;
  return (
    <Section title={t("response.text")}>
      {context !== null && <LongText text={context} label={t("response.text")} />}
      {violation !== null && <LongJson value={violation} label={t("step.shield")} />}
      {context === null && violation === null && (
        <Quiet>{t(step.status === "running" ? "response.nothing" : "response.passed")}</Quiet>
      )}
    </Section>
  );
}

function factsOf(turn: Turn, step: Step): readonly Fact[] {
  const duration = stepDuration(step);
  const waited = between(step.started_at, begunAt(step));
  return [
    [t("response.status"), t(`step.${standingOf(step)}`)],
    ...(step.step_type === "inference" ? [[ofTurns("meta.model"), step.model] as const] : []),
    [t("response.begins"), formatDuration(between(turn.started_at, step.started_at))],
    ...(waited === 0 ? [] : [[t("response.waited"), formatDuration(waited)] as const]),
    ...(duration === null ? [] : [[t("response.took"), formatDuration(duration)] as const]),
    ...(step.step_type === "inference" ? modelFacts(step) : []),
    ...(step.attempt > 1 ? [[t("response.attempt"), String(step.attempt)] as const] : []),
  ];
}

function modelFacts(step: InferenceStep): readonly Fact[] {
  const { usage, model_response: said } = step;
  return [
    ...inferenceFacts(step),
    ...(usage?.cached_input_tokens
      ? [[t("response.cached"), formatNumber(usage.cached_input_tokens)] as const]
      : []),
    ...(usage?.reasoning_tokens
      ? [[t("response.reasoningTokens"), formatNumber(usage.reasoning_tokens)] as const]
      : []),
    ...(said.stop_reason === null ? [] : [[t("response.stopReason"), said.stop_reason] as const]),
  ];
}
