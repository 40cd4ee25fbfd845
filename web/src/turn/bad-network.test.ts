/**
 * Recorded turns over a network that loses, repeats, reorders and cuts. At every moment the page knows a state that
 * the turn was in on the server, to the letter, and in the end it knows the last one.
 *
 * `make fuzz` has many more of them; TERTULIA_FAULTS_SEED=… gives the chances of an earlier run again.
 */
import { isDeepStrictEqual } from "node:util";

import { describe, expect, it, vi } from "vitest";

import type { Turn } from "@/api/types";
import { BadNetwork } from "@/testing/bad-network";
import { type Golden, LOGS } from "@/testing/golden";
import { type Chance, chance } from "@/testing/random";

import { Follower, isRest } from "./follower";
import { FramePacer } from "./frame-pacer";
import { LiveOutput } from "./live-output";
import { TurnStore } from "./turn-store";

const IS_FULL = process.env.TERTULIA_FAULTS === "full";
const SEED = Number(process.env.TERTULIA_FAULTS_SEED ?? 1);
const WORLDS = IS_FULL ? 1000 : 6;

/** A store that shows what has come now and then, as a screen does. */
const storeOf = (luck: Chance) =>
  new TurnStore(
    new FramePacer({
      nextFrame: (callback) => {
        if (luck.next() < 0.5) queueMicrotask(callback);
        else setImmediate(callback);
      },
      afterPaint: () => undefined,
      now: () => 0,
    }),
  );

/** After how many of its events a turn rests, each time. */
const restsOf = ({ frames }: Golden) =>
  frames.flatMap(({ payload }, place) => (isRest(payload) ? [place + 1] : []));

/** One who looks at a turn from its beginning to its end, and reloads the page where it comes to their mind. */
class Onlooker {
  readonly #log: Golden;
  readonly #luck: Chance;
  readonly #network: BadNetwork;
  readonly wrong: string[] = [];

  constructor(log: Golden, seed: number) {
    this.#log = log;
    this.#luck = chance(seed);
    this.#network = new BadNetwork(log.frames, this.#luck);
    vi.stubGlobal("fetch", (request: Request) =>
      Promise.resolve(this.#network.connect(request.headers.get("Last-Event-ID"))),
    );
  }

  get done() {
    return this.#network.done;
  }

  /** Return what is known in the end. */
  async look(): Promise<Turn | undefined> {
    let known: Turn | undefined;
    let begin = 1;
    for (const rest of restsOf(this.#log)) {
      this.#network.known = rest;
      for (;;) {
        known = await this.#visit(begin + this.#luck.below(rest - begin), this.#luck.next() < 0.3);
        if (known !== undefined) break;
      }
      begin = rest + 1;
    }
    return known;
  }

  /** Open the page when the server has these events; return the turn when it rests, unless the page is left before. */
  #visit(count: number, isLeft: boolean): Promise<Turn | undefined> {
    const store = storeOf(this.#luck);
    return new Promise((resolve) => {
      const follower: Follower = new Follower({
        agentId: "a",
        sessionId: "s",
        store,
        keep: () => undefined,
        onRest: resolve,
      });
      const snapshot = this.#log.snapshots[count]!;
      let left = isLeft ? this.#luck.below(4) : Infinity;
      store.subscribe(snapshot.turn_id, () => {
        this.#check(store, snapshot);
        if (left-- > 0) return;
        queueMicrotask(() => {
          follower.leave();
          resolve(undefined);
        });
      });
      follower.subscribe(() => {
        // Nobody waits here: the line is tried again at once.
        if (follower.connection().state === "reconnecting") queueMicrotask(follower.reconnectNow);
      });
      follower.follow(snapshot);
    });
  }

  /** Is what is known what the server has said up to there? */
  #check(store: TurnStore, { turn_id: turnId, last_event_id: from }: Turn): void {
    const { frames, snapshots } = this.#log;
    const turn = store.read(turnId);
    const count = frames.findIndex(({ id }) => id === turn?.last_event_id) + 1;
    if (!isDeepStrictEqual(turn, snapshots[count]))
      this.wrong.push(`after ${count} events of ${this.#log.name}, seen from ${from}`);
    const begin = frames.findIndex(({ id }) => id === from) + 1;
    const output = new LiveOutput();
    output.hear(turnId, frames.slice(begin, count));
    for (const { step_id: stepId } of turn?.steps ?? [])
      if (store.output.read(turnId, stepId) !== output.read(turnId, stepId))
        this.wrong.push(`what a tool put out after ${count} events of ${this.#log.name}`);
  }
}

describe.each(LOGS)("the turn $name over a bad network", (log) => {
  it("is known as it is on the server, at every moment", async () => {
    for (let world = 0; world < WORLDS; world += 1) {
      const onlooker = new Onlooker(log, SEED * 1_000_003 + world);
      expect(await onlooker.look(), `seed ${SEED}, world ${world}`).toEqual(log.turn);
      expect(onlooker.wrong, `seed ${SEED}, world ${world}`).toEqual([]);
    }
  });
});
