/** What the agent does at this moment, in a few words. */
import type { Step, Turn } from "@/api/types";
import { t } from "@/i18n";
import { currentStep } from "@/turn/turn-status";

export function currentActivity(turn: Turn): string {
  if (turn.status === "queued") return t("turn.queued");
  const step = currentStep(turn);
  return step === undefined ? t("turn.working") : activityOf(step);
}

function activityOf(step: Step): string {
  switch (step.step_type) {
    case "inference":
      if (step.model_response.content !== "") return t("turn.writing");
      return step.model_response.reasoning === "" ? t("turn.waiting") : t("turn.thinking");
    case "tool_call":
      return t("turn.usingTool", { tool: step.tool_call.tool_name });
    case "other":
      return step.kind === "shield_call" ? t("turn.checking") : t("turn.retrieving");
    default:
      step satisfies never;
      return t("turn.working");
  }
}
