/** A tool call as a step of the timeline. */
import type { ToolCallStep } from "@/api/types";

import { ToolCallRenderer } from "./tool-call-renderer";

export function ToolCallStepView({ step }: { readonly step: ToolCallStep }) {
  return <ToolCallRenderer toolCall={step.tool_call} step={step} />;
}
