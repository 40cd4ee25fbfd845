/**
 * A turn is the fold of its events. This is that fold: pure, and the same one as the server's
 * (`tertulia.engine.projection`); both replay the logs of `tests/golden/`.
 *
 * The rules it keeps: an event that is not newer than the last one changes nothing, so that a
 * stream may be read from any earlier place; an event of an unknown type only moves the place;
 * the `turn` within events at rest is not looked at.
 */
import { isNewer } from "@/api/event-id";
import type {
  EventFrame,
  StepAsked,
  StepDecided,
  StepProgressed,
  StepRestarted,
  StepStarted,
  TurnCancelled,
  TurnEvent,
  TurnFailed,
  TurnQueued,
} from "@/api/events";
import type {
  AssistantMessage,
  InferenceStep,
  Step,
  StopReason,
  ToolCall,
  ToolCallStep,
  Turn,
  Usage,
} from "@/api/types";

import { addDelta, NOTHING_SAID } from "./assembly";

/** The turn after one more event; null until its first event, `turn_queued`, has come. */
export function foldTurn(turn: Turn, frame: EventFrame): Turn;
export function foldTurn(turn: Turn | null, frame: EventFrame): Turn | null;
export function foldTurn(turn: Turn | null, { id, payload }: EventFrame): Turn | null {
  if (turn === null) return payload.event_type === "turn_queued" ? begin(payload, id) : null;
  if (!isNewer(id, turn.last_event_id)) return turn;
  return { ...evolve(turn, payload), last_event_id: id };
}

/** The turn after many more events. */
export function foldAll(turn: Turn | null, frames: Iterable<EventFrame>): Turn | null {
  let folded = turn;
  for (const frame of frames) folded = foldTurn(folded, frame);
  return folded;
}

function begin(event: TurnQueued, id: string): Turn {
  return {
    turn_id: event.turn_id,
    session_id: event.session_id,
    n: event.n,
    status: "queued",
    wait_reason: null,
    input_messages: event.input_messages,
    steps: [],
    output_message: NOTHING_SAID,
    output_attachments: [],
    started_at: event.at,
    completed_at: null,
    error: null,
    usage: null,
    parent_turn_id: event.parent_turn_id,
    last_event_id: id,
    feedback: null,
  };
}

function evolve(turn: Turn, event: TurnEvent): Turn {
  switch (event.event_type) {
    case "turn_queued":
      return turn;
    case "turn_start":
      return { ...turn, status: "running" };
    case "turn_resume":
      return withOutput(
        { ...turn, status: "running", wait_reason: null, completed_at: null },
        null,
      );
    case "step_start":
      return withSteps(turn, [...turn.steps, openStep(turn.turn_id, event)]);
    case "step_progress":
      return changeStep(turn, event.step_id, (step) => progressed(step, event));
    case "step_restart":
      return changeStep(turn, event.step_id, (step) => restarted(step, event));
    case "step_asked":
      return changeStep(turn, event.step_id, (step) => asking(step, event));
    case "step_decided":
      return changeStep(turn, event.step_id, (step) => decided(step, event));
    case "step_complete":
      return withAttachments(changeStep(turn, event.step_id, () => event.step_details));
    case "turn_awaiting_input":
      return withOutput(
        { ...askedAboutLost(turn), status: "awaiting_input", wait_reason: event.reason },
        "end_of_message",
      );
    case "turn_complete":
      return withOutput(
        { ...turn, status: "completed", completed_at: event.at },
        event.stop_reason,
      );
    case "turn_failed":
      return ended({ ...turn, status: "failed", error: event.error }, event, null);
    case "turn_cancelled":
      return ended({ ...turn, status: "cancelled" }, event, "cancelled");
    default:
      event satisfies never;
      return turn;
  }
}

// --- Steps ----------------------------------------------------------------------------------

const NO_CALL: ToolCall = { call_id: "", tool_name: "", arguments: {}, arguments_json: "{}" };

function openStep(turnId: string, event: StepStarted): Step {
  const base = {
    turn_id: turnId,
    step_id: event.step_id,
    started_at: event.at,
    completed_at: null,
    status: "running",
    attempt: event.attempt,
    error: null,
    metadata: event.metadata,
  } as const;
  const { step_type } = event;
  switch (step_type) {
    case "inference":
      return {
        ...base,
        step_type,
        model_response: NOTHING_SAID,
        model: event.model ?? "",
        usage: null,
        first_token_at: null,
      };
    case "tool_call": {
      const tool_call = event.tool_call ?? NO_CALL;
      const approval = event.approval ?? "none";
      return { ...base, step_type, tool_call, tool_response: null, approval, question: null };
    }
    case "other": {
      const kind = event.kind ?? "shield_call";
      return { ...base, step_type, kind, violation: null, inserted_context: null };
    }
    default:
      step_type satisfies never;
      return { ...base, step_type } as unknown as Step; // of a newer server: drawn by what all steps have
  }
}

function progressed(step: Step, { delta }: StepProgressed): Step {
  if (step.step_type !== "inference") return step;
  return { ...step, model_response: addDelta(step.model_response, delta) };
}

/** Another try, or the first after a decision: what it said so far does not count. */
function restarted(step: Step, { at }: StepRestarted): Step {
  const again = { ...step, attempt: step.attempt + 1 };
  if (again.step_type === "inference") return { ...again, model_response: NOTHING_SAID };
  if (again.step_type !== "tool_call") return again;
  const metadata = isDecided(again) ? { ...again.metadata, begun_at: at } : again.metadata;
  return {
    ...again,
    metadata,
    approval: again.approval === "pending" ? "approved" : again.approval,
  };
}

function asking(step: Step, { question }: StepAsked): Step {
  return step.step_type === "tool_call" ? { ...step, question } : step;
}

/** Has a person decided about the call, and nothing has come of that yet? */
function isDecided({ metadata }: ToolCallStep): boolean {
  return "decided_at" in metadata && !("begun_at" in metadata);
}

function decided(step: Step, event: StepDecided): Step {
  if (step.step_type !== "tool_call") return step;
  const entries = Object.entries(step.metadata).filter(([name]) => name !== "begun_at");
  const before: Readonly<Record<string, unknown>> = Object.fromEntries(entries);
  const reason = event.reason === "" ? {} : { reason: event.reason };
  const metadata = { ...before, decided_at: event.at, ...reason };
  if (step.question) {
    const answer = event.answer ?? { action: "decline", content: {} };
    const answers = { ...(before.answers as object | undefined), [step.question.key]: answer };
    return { ...step, question: null, metadata: { ...metadata, answers } };
  }
  const approval = event.decision === "approve" ? "approved" : "denied";
  if (event.tool_call === null) return { ...step, approval, metadata };
  const asked_arguments = step.tool_call.arguments;
  const changed = { ...metadata, asked_arguments };
  return { ...step, approval, tool_call: event.tool_call, metadata: changed };
}

/**
 * A tool that is open while its turn rests, and waits for nothing else, was lost: a person is asked
 * whether it runs again.
 */
function askedAboutLost(turn: Turn): Turn {
  const steps = turn.steps.map((step): Step => {
    if (step.step_type !== "tool_call" || step.status !== "running") return step;
    const isLost = !step.question && !isDecided(step);
    return isLost ? { ...step, approval: "pending" } : step;
  });
  return { ...turn, steps };
}

/** When the turn has ended nobody is asked any more. */
function notAsked(step: Step): Step {
  if (step.step_type !== "tool_call") return step;
  return {
    ...step,
    question: null,
    approval: step.approval === "pending" ? "none" : step.approval,
  };
}

/** Change the running step of this id; an event about another one changes nothing. */
function changeStep(turn: Turn, stepId: string, change: (step: Step) => Step): Turn {
  const place = turn.steps.findLastIndex((step) => step.step_id === stepId);
  const step = turn.steps[place];
  if (step?.status !== "running") return turn;
  return withSteps(turn, turn.steps.with(place, change(step)));
}

/** Give the steps that were cut off the end that their turn came to. */
function ended(turn: Turn, event: TurnFailed | TurnCancelled, stopReason: StopReason | null): Turn {
  const steps = turn.steps.map((step): Step => {
    if (step.status !== "running") return step;
    const error = event.event_type === "turn_failed" ? event.error : null;
    const status = event.event_type === "turn_failed" ? "failed" : "cancelled";
    const closed = { ...notAsked(step), status, completed_at: event.at, error } as const;
    if (closed.step_type !== "inference") return closed;
    return { ...closed, model_response: { ...closed.model_response, stop_reason: stopReason } };
  });
  const end = { ...turn, steps, wait_reason: null, completed_at: event.at };
  return withOutput(end, stopReason);
}

// --- What follows from the steps ------------------------------------------------------------

function withSteps(turn: Turn, steps: readonly Step[]): Turn {
  return withOutput({ ...turn, steps, usage: totalUsage(steps) }, null);
}

/** What its tools have made is put out by the turn. */
function withAttachments(turn: Turn): Turn {
  const files = turn.steps.flatMap((step) =>
    step.step_type === "tool_call" ? (step.tool_response?.files ?? []) : [],
  );
  return files.length === turn.output_attachments.length
    ? turn
    : { ...turn, output_attachments: files };
}

/** A turn's answer is what its last inference said, or the shield that refused it. */
function withOutput(turn: Turn, stopReason: StopReason | null): Turn {
  const step = turn.steps.findLast((each) => each.step_type === "inference" || isRefusal(each));
  return { ...turn, output_message: { ...wordsOf(step), stop_reason: stopReason } };
}

function wordsOf(step: Step | undefined): AssistantMessage {
  if (step?.step_type === "inference") return step.model_response;
  if (step?.step_type !== "other") return NOTHING_SAID;
  return { ...NOTHING_SAID, content: step.violation?.user_message ?? NO_REASON };
}

/** What a shield without words of its own says; the server's is the same. */
const NO_REASON =
  "A shield of this agent stopped this. Please put it another way, or ask something else.";

function isRefusal(step: Step): boolean {
  return (
    step.step_type === "other" &&
    step.kind === "shield_call" &&
    step.violation?.violation_level === "error"
  );
}

function totalUsage(steps: readonly Step[]): Usage | null {
  const counted = steps.filter((step): step is InferenceStep => step.step_type === "inference");
  return counted.reduce<Usage | null>((total, { usage }) => plus(total, usage), null);
}

function plus(total: Usage | null, usage: Usage | null): Usage | null {
  if (total === null || usage === null) return total ?? usage;
  return {
    input_tokens: total.input_tokens + usage.input_tokens,
    output_tokens: total.output_tokens + usage.output_tokens,
    cached_input_tokens: total.cached_input_tokens + usage.cached_input_tokens,
    reasoning_tokens: total.reasoning_tokens + usage.reasoning_tokens,
  };
}
