/**
 * The steps of a turn as bars on its time, in hundredths of its length.
 *
 * The rule it keeps: a bar has what the server stored; only the end of what runs is the time of now.
 */
import type { Step, Turn } from "@/api/types";
import { begunAt } from "@/renderers/turn-facts";

import { type Span, timeScale } from "./time-scale";

export interface Bar {
  readonly step: Step;
  /** Milliseconds from the turn's start to the step's. */
  readonly start: number;
  /** How long it took, or has taken so far; what it waited for a person does not count. */
  readonly took: number;
  /** How long it waited for a person. */
  readonly waited: number;
  /** Of the axis, in per cent: where it begins, how much of it is waiting, how much is work. */
  readonly at: number;
  readonly waitWidth: number;
  readonly width: number;
  /** Of the work of an inference, in per cent: what went by before its first token. */
  readonly silence: number;
}

export interface Layout {
  readonly bars: readonly Bar[];
  /** How long the turn took or has taken so far, in milliseconds. */
  readonly total: number;
  readonly isCut: boolean;
}

/** A wait is drawn no longer than this share of the work. */
const WAIT_SHARE = 0.15;
const LEAST_WAIT_MS = 50;

export function layOut(turn: Turn, now: number): Layout {
  const from = Date.parse(turn.started_at);
  const spans = turn.steps.map((step) => workOf(step, now));
  const last = Math.max(from, ...spans.map((span) => span.to));
  const to = Math.max(last, turn.completed_at === null ? last : Date.parse(turn.completed_at));
  const busy = spans.reduce((sum, span) => sum + span.to - span.from, 0);
  const scale = timeScale({ from, to }, spans, Math.max(LEAST_WAIT_MS, busy * WAIT_SHARE));
  const percent = (time: number) => (100 * scale.place(time)) / Math.max(1, scale.length);
  return {
    total: to - from,
    isCut: scale.isCut,
    bars: turn.steps.map((step, place) => {
      const work = spans[place] ?? { from, to };
      const asked = Math.min(Date.parse(step.started_at), work.from);
      const begin = percent(work.from);
      return {
        step,
        start: Math.max(0, asked - from),
        took: work.to - work.from,
        waited: work.from - asked,
        at: percent(asked),
        waitWidth: begin - percent(asked),
        width: percent(work.to) - begin,
        silence: silenceOf(step, work),
      };
    }),
  };
}

function workOf(step: Step, now: number): Span {
  const from = Date.parse(begunAt(step));
  if (step.completed_at !== null)
    return { from, to: Math.max(from, Date.parse(step.completed_at)) };
  return { from, to: isWaiting(step) ? from : Math.max(from, now) };
}

const isWaiting = (step: Step) =>
  step.step_type === "tool_call" && (step.approval === "pending" || step.question !== null);

function silenceOf(step: Step, { from, to }: Span): number {
  if (step.step_type !== "inference") return 0;
  const first = step.first_token_at;
  if (first === null)
    return step.status === "running" && step.model_response.content !== "" ? 0 : 100;
  return to === from
    ? 0
    : Math.min(100, (100 * Math.max(0, Date.parse(first) - from)) / (to - from));
}
