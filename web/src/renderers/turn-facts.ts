/**
 * What can be said about a turn in numbers: how long it worked, with which tools, how fast it spoke.
 *
 * The rule it keeps: every figure comes from what the server stored, so that it is the same while
 * the turn runs, after a reload and for the next reader.
 */
import type { InferenceStep, Step, Time, ToolCall, ToolCallStep, Turn } from "@/api/types";

const millis = (time: Time) => Date.parse(time);

/** From one time to another in milliseconds; never negative, whatever clocks do. */
export function between(from: Time, to: Time): number {
  return Math.max(0, millis(to) - millis(from));
}

/** When it began to run: a call that waited for a person began when that had decided. */
export function begunAt({ metadata, started_at: asked }: Step): Time {
  return typeof metadata.begun_at === "string" ? metadata.begun_at : asked;
}

/** How long a step took; null while it runs, and of a call that was not made. */
export function stepDuration(step: Step): number | null {
  const isDenied = step.step_type === "tool_call" && step.approval === "denied";
  return step.completed_at === null || isDenied ? null : between(begunAt(step), step.completed_at);
}

/** When the agent began to work on it: waiting in the queue is not work. */
export function workStartedAt(turn: Turn): Time {
  return turn.steps[0]?.started_at ?? turn.started_at;
}

/** How long the agent worked on it; null while it does. */
export function workDuration(turn: Turn): number | null {
  const end = turn.completed_at ?? turn.steps.at(-1)?.completed_at;
  return end === null || end === undefined ? null : between(workStartedAt(turn), end);
}

/** Does it wait for a person: to decide about it, or to answer what it asks? */
export function isPending(step: Step): step is ToolCallStep {
  if (step.step_type !== "tool_call" || step.status !== "running") return false;
  return step.approval === "pending" || step.question !== null;
}

export function toolCount(turn: Turn): number {
  return turn.steps.filter((step) => step.step_type === "tool_call").length;
}

/** All tokens of the turn, in and out; null when the model server does not count. */
export function tokenCount(turn: Turn): number | null {
  return turn.usage === null ? null : turn.usage.input_tokens + turn.usage.output_tokens;
}

/** The inference whose text is the answer: the last one. */
export function answeringStep(turn: Turn): InferenceStep | undefined {
  return turn.steps.findLast((step) => step.step_type === "inference");
}

/** The model that answers, and whether it is the demo script instead of one. */
export function answeringModel(
  turn: Turn,
): { readonly id: string; readonly isDemo: boolean } | null {
  const id = answeringStep(turn)?.model;
  return id === undefined || id === "" ? null : { id, isDemo: id.startsWith("demo/") };
}

/** Milliseconds until the model's first token; null when there was none. */
export function timeToFirstToken(step: InferenceStep): number | null {
  return step.first_token_at === null ? null : between(step.started_at, step.first_token_at);
}

/** Tokens a second once the model had begun to speak; null when it cannot be said. */
export function tokensPerSecond(step: InferenceStep): number | null {
  if (step.usage === null || step.first_token_at === null || step.completed_at === null)
    return null;
  const seconds = between(step.first_token_at, step.completed_at) / 1000;
  return seconds < 0.05 ? null : step.usage.output_tokens / seconds;
}

/**
 * How long the model thought before it spoke, in milliseconds. The log has no mark between the two,
 * so the time is divided as the text is: models write both at the same pace.
 */
export function thoughtDuration(step: InferenceStep): number | null {
  const { reasoning, content } = step.model_response;
  if (reasoning === "" || step.completed_at === null) return null;
  const spoken = between(step.first_token_at ?? step.started_at, step.completed_at);
  return (spoken * reasoning.length) / (reasoning.length + content.length);
}

/** What the model said on the way to its answer, before it called tools. */
export function saidBefore(turn: Turn): readonly InferenceStep[] {
  const last = answeringStep(turn);
  return turn.steps.filter(
    (step): step is InferenceStep =>
      step.step_type === "inference" && step !== last && step.model_response.content !== "",
  );
}

/** The calls of the answer that no step runs: still being written, or for another program. */
export function callsWithoutStep(turn: Turn): readonly ToolCall[] {
  const run = new Set(
    turn.steps.flatMap((step) => (step.step_type === "tool_call" ? [step.tool_call.call_id] : [])),
  );
  return turn.output_message.tool_calls.filter((call) => !run.has(call.call_id));
}
