import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { EventFrame, TurnEvent } from "@/api/events";
import { anAnswer, anInference } from "@/testing/values";
import { foldAll } from "@/turn/turn-reducer";

import { filmOf, happenedBy, isCondensed, MOST_PAUSE_MS, Projector } from "./replay";
import {
  finish,
  isAtEnd,
  isPlaying,
  pause,
  play,
  positionAt,
  seek,
  stoppedClock,
  withSpeed,
} from "./replay-clock";

const START = Date.UTC(2025, 5, 12, 12);
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
const step = { step_id: "s1", step_type: "inference" } as const;
const piece = (text: string): TurnEvent => ({
  event_type: "step_progress",
  ...step,
  delta: { type: "text", text },
});

const log = (...events: readonly TurnEvent[]): readonly EventFrame[] =>
  events.map((payload, place) => ({ id: `1.1.${place + 1}`, payload }));

const answered = (...texts: readonly string[]): readonly EventFrame[] =>
  log(
    {
      event_type: "turn_queued",
      turn_id: "t1",
      session_id: "s",
      agent_id: "a",
      n: 1,
      input_messages: [{ role: "user", content: "Hello" }],
      parent_turn_id: null,
      at: at(0),
    },
    { event_type: "turn_start", turn_id: "t1", session_id: "s", n: 1, at: at(0) },
    { event_type: "step_start", ...step, attempt: 1, at: at(0), metadata: {} },
    ...texts.map(piece),
    {
      event_type: "step_complete",
      ...step,
      at: at(1.5),
      step_details: anInference({
        started_at: at(0),
        completed_at: at(1.5),
        first_token_at: at(0.5),
        model_response: anAnswer(texts.join(""), { stop_reason: "end_of_turn" }),
      }),
    },
    { event_type: "turn_complete", stop_reason: "end_of_turn", at: at(3600) },
  );

describe("the film of a turn", () => {
  it("spreads pieces by their length between the first token and the end of the step", () => {
    const { times } = filmOf(answered("x".repeat(99), "y"));
    expect(times.slice(0, 3)).toEqual([0, 0, 0]);
    expect(times[3]).toBe(500);
    expect(times[4]).toBeCloseTo(500 + (1000 * 100) / 102);
    expect(times[5]).toBe(1500);
  });

  it("plays a long pause short, and says so", () => {
    const film = filmOf(answered("Hi."));
    expect(film).toMatchObject({ length: 1500 + MOST_PAUSE_MS, isCut: true });
  });

  it("is over pieces that ended in nothing as well", () => {
    const cut = answered("Hi ", "there").slice(0, -2);
    const { times, length } = filmOf(cut);
    expect(times).toEqual([0, 0, 0, 0, 0]);
    expect(length).toBe(0);
    expect(filmOf([])).toMatchObject({ times: [], length: 0 });
  });

  it("shows what has happened by a time; in steps no piece is seen before its step is done", () => {
    const film = filmOf(answered("one ", "two ", "three "));
    expect([0, 500, 1500, 9999].map((time) => happenedBy(film, time, false))).toEqual([3, 4, 7, 8]);
    expect([0, 500, 1499, 1500].map((time) => happenedBy(film, time, true))).toEqual([3, 3, 3, 7]);
  });

  it("knows a text whose pieces are not kept", () => {
    expect(isCondensed(answered("w".repeat(300)))).toBe(true);
    expect(isCondensed(answered("w".repeat(200), "w".repeat(100)))).toBe(false);
    expect(isCondensed(answered("Short."))).toBe(false);
  });
});

describe("a turn at a place of its film", () => {
  const GOLDEN = join(import.meta.dirname, "../../../../tests/golden");
  const logs = readdirSync(GOLDEN)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(GOLDEN, name), "utf8")) as Golden);
  interface Golden {
    readonly frames: readonly EventFrame[];
  }

  it("is what the reducer makes of the events up to there, forth and back", () => {
    expect(logs.length).toBeGreaterThan(10);
    for (const { frames } of logs) {
      const projector = new Projector(frames);
      for (const count of [frames.length, 1, Math.ceil(frames.length / 2), frames.length])
        expect(projector.after(count)).toEqual(foldAll(null, frames.slice(0, count)));
    }
  });

  it("is found over checkpoints, too", () => {
    const frames = answered(...Array.from({ length: 1000 }, (_, n) => `${n} `));
    const projector = new Projector(frames);
    for (const count of [1004, 700, 255, 256, 257, 1, 1005])
      expect(projector.after(count)).toEqual(foldAll(null, frames.slice(0, count)));
  });
});

describe("the clock of a replay", () => {
  const clock = stoppedClock(10_000);

  it("stands until it is set going, and goes by its speed", () => {
    expect(positionAt(clock, 99)).toBe(0);
    const going = play(clock, 1000);
    expect([isPlaying(clock), isPlaying(going)]).toEqual([false, true]);
    expect(positionAt(going, 3000)).toBe(2000);
    const fast = withSpeed(going, 8, 2000);
    expect(positionAt(fast, 3000)).toBe(9000);
    expect(positionAt(fast, 60_000)).toBe(10_000);
    expect(positionAt(pause(going, 4000), 9000)).toBe(3000);
  });

  it("can be put anywhere, and goes on from there", () => {
    expect(positionAt(seek(clock, 7000, 5), 100)).toBe(7000);
    expect(positionAt(seek(play(clock, 0), 7000, 1000), 1500)).toBe(7500);
    expect(positionAt(seek(clock, 99_999, 0), 0)).toBe(10_000);
    expect(positionAt(seek(clock, -5, 0), 0)).toBe(0);
  });

  it("at its end begins again, and can be there at once", () => {
    const over = finish(play(clock, 0));
    expect([isAtEnd(over, 0), isPlaying(over)]).toEqual([true, false]);
    expect(positionAt(play(over, 50), 60)).toBe(10);
  });
});
