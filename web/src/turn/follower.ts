/**
 * Follows the one turn of a session that is underway, and says when it has come to rest.
 *
 * The rule it keeps: one stream per session on the screen. A turn that waits behind another is
 * followed when its time has come.
 */
import { followTurn } from "@/api/client";
import { placeAfter } from "@/api/event-id";
import type { RestEvent, TurnEvent } from "@/api/events";
import type { Turn } from "@/api/types";

import { type Connection, EventStream } from "./event-stream";
import type { TurnStore } from "./turn-store";
import { isAtRest } from "./turn-status";

export interface FollowerOptions {
  readonly agentId: string;
  readonly sessionId: string;
  readonly store: TurnStore;
  /** Put the newest state where it outlives the screen. */
  readonly keep: (turn: Turn) => void;
  readonly onRest: (turn: Turn) => void;
}

const IDLE: Connection = { state: "idle" };

export class Follower {
  readonly #options: FollowerOptions;
  readonly #listeners = new Set<() => void>();
  readonly #followed = new Set<string>();
  #connection: Connection = IDLE;
  #current: { readonly stream: EventStream<TurnEvent>; readonly unsubscribe: () => void } | null =
    null;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  readonly connection = (): Connection => this.#connection;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly reconnectNow = (): void => this.#current?.stream.reconnectNow();

  /** Follow this turn from where the snapshot ends, until it rests or `stop`. */
  follow(snapshot: Turn): void {
    this.stop();
    const { store, onRest } = this.#options;
    const { turn_id: turnId } = snapshot;
    store.put(snapshot);
    this.#followed.add(turnId);
    const turn = store.read(turnId) ?? snapshot;
    if (isAtRest(turn)) {
      onRest(turn);
      return;
    }
    const stream = this.#streamOf(turn);
    const unsubscribe = store.subscribe(turnId, () => {
      const now = store.read(turnId);
      if (now === undefined || !isAtRest(now)) return;
      this.stop();
      onRest(now);
    });
    this.#current = { stream, unsubscribe };
    stream.start();
  }

  /** Hang up. What has come stays readable. */
  stop(): void {
    const current = this.#current;
    this.#current = null;
    current?.unsubscribe();
    current?.stream.stop();
  }

  /** The session is left: whoever comes back goes on from what was seen last. */
  leave(): void {
    this.stop();
    const { store, keep } = this.#options;
    for (const turnId of this.#followed) {
      const turn = store.read(turnId);
      if (turn !== undefined) keep(turn);
      store.drop(turnId);
    }
    this.#followed.clear();
  }

  #streamOf(turn: Turn): EventStream<TurnEvent> {
    const { agentId, sessionId, store } = this.#options;
    const place = { agentId, sessionId, turnId: turn.turn_id };
    return new EventStream<TurnEvent>({
      isEnd: isRest,
      placeAfter,
      after: turn.last_event_id,
      connect: (after, signal) => followTurn(place, after, signal),
      onFrame: (frame) => store.push(turn.turn_id, frame),
      onConnection: (connection) => {
        this.#connection = connection;
        for (const listener of this.#listeners) listener();
      },
    });
  }
}

const REST: ReadonlySet<string> = new Set<RestEvent["event_type"]>([
  "turn_complete",
  "turn_awaiting_input",
  "turn_failed",
  "turn_cancelled",
]);

/** After such an event the server has nothing more to say of a turn. */
export const isRest = (event: TurnEvent) => REST.has(event.event_type);
