/** What a step is called here, and how it stands: one word for each, wherever a step is listed. */
import type { ReactNode } from "react";

import type { Step } from "@/api/types";
import { t } from "@/i18n/inspector";
import { InfoIcon, ModelIcon, SearchIcon, ToolIcon } from "@/icons/icons";
import { isPending } from "@/renderers/turn-facts";

/** A model by its name without that of its server, a tool by its own. */
export function nameOf(step: Step): string {
  switch (step.step_type) {
    case "inference":
      return step.model === "" ? t("step.inference") : (step.model.split("/").at(-1) ?? step.model);
    case "tool_call":
      return step.tool_call.tool_name;
    case "other":
      return t(step.kind === "shield_call" ? "step.shield" : "step.retrieval");
    default:
      step satisfies never;
      return (step as Step).step_type;
  }
}

export function iconOf(step: Step): ReactNode {
  switch (step.step_type) {
    case "inference":
      return <ModelIcon fontSize="inherit" />;
    case "tool_call":
      return <ToolIcon fontSize="inherit" />;
    case "other":
      return step.kind === "shield_call" ? (
        <InfoIcon fontSize="inherit" />
      ) : (
        <SearchIcon fontSize="inherit" />
      );
    default:
      step satisfies never;
      return <InfoIcon fontSize="inherit" />;
  }
}

export type Standing = Step["status"] | "pending" | "denied";

/** A failure of a tool is an answer, and a failure all the same. */
export function standingOf(step: Step): Standing {
  if (step.step_type === "tool_call" && step.approval === "denied") return "denied";
  if (step.step_type === "tool_call" && step.tool_response?.is_error === true) return "failed";
  if (step.step_type === "other" && step.violation?.violation_level === "error") return "failed";
  return isPending(step) ? "pending" : step.status;
}

export const tokensOf = (step: Step): number | null =>
  step.step_type === "inference" && step.usage !== null
    ? step.usage.input_tokens + step.usage.output_tokens
    : null;
