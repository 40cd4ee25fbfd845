/**
 * Which component draws which step.
 *
 * The rule it keeps: `Renderers` is mapped over the step types, so a new type without a line here
 * stops the compiler. A type that this page does not know yet (the server may be newer) is drawn
 * by `UnknownStep`, never dropped.
 */
import { type ComponentType, createElement, type ReactNode } from "react";

import type { Step, StepType } from "@/api/types";

import { InferenceStepView } from "./inference-step-view";
import { OtherStepView } from "./other-step-view";
import { ToolCallStepView } from "./tool-call-step-view";
import { UnknownStepView } from "./unknown-step-view";

export type StepOf<T extends StepType> = Extract<Step, { readonly step_type: T }>;

type Renderers = { readonly [T in StepType]: ComponentType<{ readonly step: StepOf<T> }> };

export const renderers: Renderers = {
  inference: InferenceStepView,
  tool_call: ToolCallStepView,
  other: OtherStepView,
};

/** Draw a step by what the server says it is. */
export function renderStep(step: Step): ReactNode {
  const known = renderers as Partial<Record<string, ComponentType<{ readonly step: never }>>>;
  const renderer = known[step.step_type] ?? UnknownStepView;
  return createElement(renderer as ComponentType<{ readonly step: Step }>, { step });
}
