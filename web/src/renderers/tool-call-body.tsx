/** A tool call in full: what was asked, what a person decided about it, what came back. */
import Box from "@mui/material/Box";

import { isObject, type Json } from "@/api/json";
import type { ToolCall, ToolCallStep } from "@/api/types";
import { Disclosure } from "@/components/disclosure";
import { formatDateTime, formatDuration } from "@/i18n";
import { t } from "@/i18n/tools";

import { type Fact, FactList } from "./fact-list";
import { JsonTree } from "./json-tree";
import { LiveToolOutput } from "./live-tool-output";
import { ToolAnswer } from "./tool-answer";
import { ToolArguments } from "./tool-arguments";
import { begunAt, isPending, stepDuration } from "./turn-facts";

interface Props {
  readonly toolCall: ToolCall;
  readonly step: ToolCallStep | undefined;
}

export function ToolCallBody({ toolCall, step }: Props) {
  return (
    <Box sx={BODY}>
      <ToolArguments toolCall={toolCall} />
      {step && <AskedArguments step={step} />}
      {step?.status === "running" && !isPending(step) && <LiveToolOutput step={step} />}
      {step && <Answer step={step} />}
      {step && <FactList facts={factsOf(step)} />}
    </Box>
  );
}

/** What the model had asked for, where a person has changed that. */
function AskedArguments({ step }: { readonly step: ToolCallStep }) {
  const asked = step.metadata.asked_arguments as Json | undefined;
  if (!isObject(asked)) return null;
  return (
    <Disclosure summary={t("tool.asked")}>
      <JsonTree value={asked} label={t("tool.asked")} />
    </Disclosure>
  );
}

function Answer({ step }: { readonly step: ToolCallStep }) {
  const { tool_response: response, error } = step;
  if (response !== null) return <ToolAnswer {...response} />;
  return error && <ToolAnswer content={error.message} is_error metadata={{}} />;
}

function factsOf(step: ToolCallStep): readonly Fact[] {
  const duration = stepDuration(step);
  return [
    [t("tool.began"), formatDateTime(begunAt(step))],
    ...(duration === null ? [] : [[t("tool.took"), formatDuration(duration)] as const]),
    ...(step.attempt > 1 ? [[t("tool.attempt"), String(step.attempt)] as const] : []),
    ...(step.approval === "approved" ? [[t("tool.decided"), t("tool.approved")] as const] : []),
    ...(step.approval === "denied" ? [[t("tool.decided"), t("tool.denied")] as const] : []),
  ];
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
  minWidth: 0,
} as const;
