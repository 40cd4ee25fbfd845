import { describe, expect, it, vi } from "vitest";

import type { EventFrame } from "@/api/events";
import { Line, streamOf } from "@/testing/event-streams";

import { asLines, eventRows, typesOf } from "./event-rows";
import { PAGE, TurnLog } from "./turn-log";

const frame = (n: number): EventFrame => ({
  id: `1.1.${n}`,
  payload: {
    event_type: "step_progress",
    step_id: n < 4 ? "s1" : "s2",
    step_type: "inference",
    delta: { type: "text", text: `${n}` },
  },
});
const frames = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => frame(from + place));
const started: EventFrame = {
  id: "1.1.0",
  payload: {
    event_type: "turn_start",
    turn_id: "t",
    session_id: "s",
    n: 1,
    at: "2025-06-12T12:00:00Z",
  },
};

describe("a turn's log", () => {
  it("is read to its end", async () => {
    const log = new TurnLog(() => Promise.resolve(streamOf(frames(1, 3))));
    await log.read("1.1.3");
    expect(log.state()).toEqual({
      frames: frames(1, 3),
      isReading: false,
      hasMore: false,
      error: null,
    });
  });

  it("of a turn that runs is read as far as it is known, and the line is given back", async () => {
    const line = new Line();
    const log = new TurnLog((_, signal) => {
      signal.addEventListener("abort", () => line.cut());
      return Promise.resolve(line.response);
    });
    const read = log.read("1.1.3");
    line.send(...frames(1, 3));
    await read;
    expect(log.state()).toMatchObject({ frames: frames(1, 3), isReading: false, error: null });
  });

  it("takes what is heard where it goes on from what was read, and nothing behind a hole", async () => {
    vi.useFakeTimers();
    const log = new TurnLog(() => Promise.resolve(streamOf(frames(1, 3))));
    log.hear(frames(2, 3), "1.1.1");
    expect(log.lastId).toBeNull();
    await log.read("1.1.3");
    log.hear(frames(3, 5), "1.1.2");
    log.hear(frames(8, 9), "1.1.7");
    vi.advanceTimersByTime(1000);
    expect(log.state().frames).toEqual(frames(1, 5));
    vi.useRealTimers();
  });

  it("tells of what is heard a few times a second, however much it is", async () => {
    vi.useFakeTimers();
    const log = new TurnLog(() => Promise.resolve(streamOf(frames(1, 1))));
    await log.read("1.1.1");
    let told = 0;
    log.subscribe(() => (told += 1));
    for (let n = 2; n < 500; n += 1) {
      log.hear([frame(n)], `1.1.${n - 1}`);
      vi.advanceTimersByTime(2);
    }
    expect(told).toBeLessThanOrEqual(4);
    vi.advanceTimersByTime(1000);
    expect(log.state().frames).toHaveLength(499);
    vi.useRealTimers();
  });

  it("comes in pages, each from where the last one ended", async () => {
    const asked: (string | null)[] = [];
    const log = new TurnLog((after) => {
      asked.push(after);
      return Promise.resolve(
        streamOf(after === null ? frames(1, PAGE + 5) : frames(PAGE + 1, PAGE + 5)),
      );
    });
    await log.read(`1.1.${PAGE + 5}`);
    expect([log.state().frames.length, log.state().hasMore]).toEqual([PAGE, true]);
    await log.read(`1.1.${PAGE + 5}`);
    expect([log.state().frames.length, log.state().hasMore]).toEqual([PAGE + 5, false]);
    expect(asked).toEqual([null, `1.1.${PAGE}`]);
  });

  it("says what went wrong, and goes on from there when it is asked again", async () => {
    let isDown = true;
    const log = new TurnLog(() =>
      isDown ? Promise.reject(new Error("down")) : Promise.resolve(streamOf(frames(1, 2))),
    );
    await log.read(null);
    expect(log.state().error?.message).toBe("down");
    isDown = false;
    await log.read(null);
    expect(log.state()).toMatchObject({ frames: frames(1, 2), error: null });
  });
});

describe("the rows of a log", () => {
  it("are one for pieces of a step in a row, and one for each event otherwise", () => {
    const rows = eventRows([started, ...frames(1, 5)], null);
    expect(rows.map(({ type, frames: own }) => [type, own.length])).toEqual([
      ["turn_start", 1],
      ["step_progress", 3],
      ["step_progress", 2],
    ]);
    expect(eventRows([started, ...frames(1, 5)], "step_progress")).toHaveLength(5);
  });

  it("are counted by their types", () => {
    expect(typesOf([started, ...frames(1, 5)])).toEqual([
      ["turn_start", 1],
      ["step_progress", 5],
    ]);
  });

  it("are saved as lines of JSON with their ids", () => {
    const [first = "", ...rest] = asLines([started, frame(1)])
      .trimEnd()
      .split("\n");
    expect(JSON.parse(first)).toEqual({ id: "1.1.0", event: started.payload });
    expect(rest).toHaveLength(1);
  });
});
