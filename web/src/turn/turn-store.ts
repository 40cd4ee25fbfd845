/**
 * The turns that move: events go in as they come, React reads out once a frame.
 *
 * The rules it keeps: a reader of one turn hears only of that turn; the text of a turn is never in
 * React state; between two frames events are only kept, not folded. Framework-free: its React face
 * is `use-turn.ts`.
 */
import { isNewer, newest } from "@/api/event-id";
import type { EventFrame } from "@/api/events";
import type { Turn } from "@/api/types";

import { FramePacer } from "./frame-pacer";
import { LiveOutput } from "./live-output";
import { foldAll } from "./turn-reducer";

/** Told of events when they are folded: `place` is the last one before them. */
type Hearer = (turnId: string, frames: readonly EventFrame[], place: string | null) => void;

export class TurnStore {
  readonly #turns = new Map<string, Turn>();
  readonly #arrived = new Map<string, EventFrame[]>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #pacer: FramePacer;
  readonly #hearers = new Set<Hearer>();
  readonly output = new LiveOutput();

  constructor(pacer = new FramePacer()) {
    this.#pacer = pacer;
  }

  read(turnId: string): Turn | undefined {
    return this.#turns.get(turnId);
  }

  subscribe(turnId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(turnId) ?? new Set();
    this.#listeners.set(turnId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(turnId);
    };
  }

  /** Take what the server says of a turn, unless more is known already. */
  put(turn: Turn): void {
    this.#replace(newest(turn, this.#turns.get(turn.turn_id)));
  }

  /** An event came. It is seen with the next frame. */
  push(turnId: string, frame: EventFrame): void {
    const arrived = this.#arrived.get(turnId);
    if (arrived) arrived.push(frame);
    else this.#arrived.set(turnId, [frame]);
    this.#pacer.request(this.flush);
  }

  /** Fold all that has come. */
  readonly flush = (): void => {
    const arrived = [...this.#arrived];
    this.#arrived.clear();
    for (const [turnId, frames] of arrived) {
      const before = this.#turns.get(turnId) ?? null;
      const place = before?.last_event_id ?? null;
      const news = newsOf(frames, place);
      const turn = foldAll(before, news);
      this.output.hear(turnId, news);
      for (const hearer of this.#hearers) hearer(turnId, news, place);
      if (turn !== null) this.#replace(turn);
    }
  };

  /** Hear the events themselves, for who wants more than what they make; returns the end of that. */
  hear(hearer: Hearer): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  /** Nobody follows it any more: what the cache knows is enough. */
  drop(turnId: string): void {
    this.#turns.delete(turnId);
    this.output.forget(turnId);
    this.#arrived.delete(turnId);
  }

  #replace(turn: Turn): void {
    if (this.#turns.get(turn.turn_id) === turn) return;
    this.#turns.set(turn.turn_id, turn);
    for (const listener of this.#listeners.get(turn.turn_id) ?? []) listener();
  }
}

/** The frames that tell something new, each once. */
function newsOf(frames: readonly EventFrame[], place: string | null): readonly EventFrame[] {
  let last = place;
  return frames.filter(({ id }) => {
    if (!isNewer(id, last)) return false;
    last = id;
    return true;
  });
}

/** The one of the page. */
export const turnStore = new TurnStore();
