/**
 * A turn played again from its events: which of them have happened at which time.
 *
 * The rules it keeps: the log says when steps begin and end, not when each piece of them came; so
 * pieces are spread over the time between, by their length. A pause of more than two seconds is
 * played as two. Pure: the clock is handed in.
 */
import type { EventFrame } from "@/api/events";
import type { Turn } from "@/api/types";
import { foldTurn } from "@/turn/turn-reducer";

import { type Span, timeScale } from "./time-scale";

export const MOST_PAUSE_MS = 2_000;
const CHECKPOINT = 256;

export interface Film {
  readonly frames: readonly EventFrame[];
  /** When each happens, in milliseconds from the first one as it is played; they never fall. */
  readonly times: readonly number[];
  readonly length: number;
  readonly isCut: boolean;
}

export function filmOf(frames: readonly EventFrame[]): Film {
  const real = realTimes(frames);
  const [from = 0] = real;
  const to = real.at(-1) ?? 0;
  const moments: readonly Span[] = real.map((time) => ({ from: time, to: time }));
  const scale = timeScale({ from, to }, moments, MOST_PAUSE_MS);
  return {
    frames,
    times: real.map(scale.place),
    length: scale.length,
    isCut: scale.isCut,
  };
}

/** When the events happened, by the clock of the server. */
function realTimes(frames: readonly EventFrame[]): readonly number[] {
  const known = frames.map(({ payload }) => ("at" in payload ? Date.parse(payload.at) : null));
  const first = firstTokens(frames);
  const times: number[] = [];
  let last = 0;
  for (let place = 0; place < frames.length;) {
    const at = known[place];
    if (at !== null && at !== undefined) {
      last = Math.max(last, at);
      times.push(last);
      place += 1;
      continue;
    }
    let next = place + 1;
    while (known[next] === null) next += 1;
    const run = frames.slice(place, next);
    const begin = Math.max(last, beginOf(run, first) ?? last);
    const end = Math.max(begin, known[next] ?? begin);
    times.push(...spread(run, begin, end));
    last = times.at(-1) ?? last;
    place += run.length;
  }
  return times;
}

/** When the first token of each inference came, as its end says. */
function firstTokens(frames: readonly EventFrame[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { payload } of frames) {
    if (payload.event_type !== "step_complete") continue;
    const { step_details: step } = payload;
    if (step.step_type === "inference" && step.first_token_at !== null)
      found.set(step.step_id, Date.parse(step.first_token_at));
  }
  return found;
}

function beginOf(run: readonly EventFrame[], first: ReadonlyMap<string, number>) {
  const [head] = run;
  return head?.payload.event_type === "step_progress" ? first.get(head.payload.step_id) : undefined;
}

function spread(run: readonly EventFrame[], begin: number, end: number): readonly number[] {
  const sizes = run.map(({ payload }) => sizeOf(payload));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return sizes.map((size) => {
    const time = begin + ((end - begin) * before) / Math.max(1, total);
    before += size;
    return time;
  });
}

function sizeOf(event: EventFrame["payload"]): number {
  if (event.event_type !== "step_progress") return 1;
  const { delta } = event;
  return (
    1 + (delta.type === "tool_call" ? delta.tool_call.arguments_json.length : delta.text.length)
  );
}

/** How many events have happened by a time. In steps: pieces come with the end of what they belong to. */
export function happenedBy(film: Film, time: number, inSteps: boolean): number {
  let low = 0;
  let high = film.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((film.times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  if (inSteps)
    while (low > 0 && film.frames[low - 1]?.payload.event_type === "step_progress") low -= 1;
  return low;
}

/** A long text that comes in one piece has been put together by the server: its pieces are dropped after a day. */
export function isCondensed(frames: readonly EventFrame[]): boolean {
  const texts = new Map<string, number>();
  for (const { payload } of frames) {
    if (payload.event_type === "step_progress" && payload.delta.type === "text")
      texts.set(payload.step_id, (texts.get(payload.step_id) ?? 0) + 1);
    if (payload.event_type !== "step_complete") continue;
    const { step_details: step } = payload;
    const isLong = step.step_type === "inference" && step.model_response.content.length > 200;
    if (isLong && texts.get(step.step_id) === 1) return true;
  }
  return false;
}

/** Folds as far as it is asked to, forth and back, and never all of it again. */
export class Projector {
  readonly #frames: readonly EventFrame[];
  readonly #checkpoints: (Turn | null)[] = [null];
  #count = 0;
  #turn: Turn | null = null;

  constructor(frames: readonly EventFrame[]) {
    this.#frames = frames;
  }

  /** The turn after so many events. */
  after(count: number): Turn | null {
    if (count < this.#count) {
      const checkpoint = Math.min(Math.floor(count / CHECKPOINT), this.#checkpoints.length - 1);
      this.#count = checkpoint * CHECKPOINT;
      this.#turn = this.#checkpoints[checkpoint] ?? null;
    }
    for (; this.#count < count; this.#count += 1) {
      const frame = this.#frames[this.#count];
      if (frame === undefined) break;
      if (this.#count % CHECKPOINT === 0) this.#checkpoints[this.#count / CHECKPOINT] = this.#turn;
      this.#turn = foldTurn(this.#turn, frame);
    }
    return this.#turn;
  }
}
