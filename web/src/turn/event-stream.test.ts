import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";
import { placeAfter } from "@/api/event-id";
import type { EventFrame, TurnEvent } from "@/api/events";
import { hear, tell } from "@/api/line";
import { Line, wired } from "@/testing/event-streams";

import {
  type Connection,
  EventStream,
  HIDDEN_MS,
  SILENCE_MS,
  type StreamOptions,
} from "./event-stream";
import { isRest } from "./follower";

const AT = "2025-06-12T12:00:00.000000Z";
const says = (seq: number): EventFrame => ({
  id: `1.1.${seq}`,
  payload: {
    event_type: "step_progress",
    step_id: "i1",
    step_type: "inference",
    delta: { type: "text", text: `word ${seq}` },
  },
});
const REST: EventFrame = { id: "1.1.99", payload: { event_type: "turn_cancelled", at: AT } };

/** The browser's word on the network and on whether somebody looks. */
function set(what: { isOnline?: boolean; isHidden?: boolean }): void {
  if (what.isOnline !== undefined) {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(what.isOnline);
    dispatchEvent(new Event(what.isOnline ? "online" : "offline"));
  }
  if (what.isHidden !== undefined) {
    vi.spyOn(document, "visibilityState", "get").mockReturnValue(
      what.isHidden ? "hidden" : "visible",
    );
    document.dispatchEvent(new Event("visibilitychange"));
  }
}

/** A stream that is open to the test on both ends; with `placeAfter` it looks for what is missing. */
function opened(refusals: ApiError[] = [], options: Partial<StreamOptions<TurnEvent>> = {}) {
  const lines: Line[] = [];
  const after: (string | null)[] = [];
  const frames: string[] = [];
  const states: Connection[] = [];
  const stream = new EventStream<TurnEvent>({
    after: "1.1.3",
    isEnd: isRest,
    connect: (from, signal) => {
      after.push(from);
      const refusal = refusals.shift();
      if (refusal) return Promise.reject(refusal);
      const line = new Line(signal);
      lines.push(line);
      return Promise.resolve(line.response);
    },
    onFrame: (frame) => frames.push(frame.id),
    onConnection: (state) => states.push(state),
    ...options,
  });
  streams.push(stream);
  stream.start();
  return {
    stream,
    frames,
    after,
    lines,
    line: () => lines.at(-1)!,
    state: () => states.at(-1)!,
    states: () => states.map(({ state }) => state),
  };
}

const streams: EventStream<TurnEvent>[] = [];
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  for (const stream of streams.splice(0)) stream.stop();
  vi.useRealTimers();
});

describe("a stream", () => {
  it("begins after the event that is known", async () => {
    const { after, states } = opened();
    await settle();
    expect(after).toEqual(["1.1.3"]);
    expect(states()).toEqual(["connecting", "open"]);
  });

  it("hands on each event, however its bytes are cut", async () => {
    const { line, frames } = opened();
    await settle();
    const bytes = new TextEncoder().encode(`: hello\n\n${wired(says(4))}${wired(says(5))}`);
    for (const byte of bytes) line().write(Uint8Array.of(byte));
    await settle();
    expect(frames).toEqual(["1.1.4", "1.1.5"]);
  });

  it("is over when the turn rests, and does not come back", async () => {
    const { line, lines, states } = opened();
    await settle();
    line().send(says(4), REST);
    line().end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toHaveLength(1);
    expect(states().at(-1)).toBe("idle");
  });

  it("is over when the turn rests, also if the line is cut right then", async () => {
    const { line, lines, states } = opened();
    await settle();
    line().send(REST);
    await settle();
    line().cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toHaveLength(1);
    expect(states()).not.toContain("reconnecting");
  });

  it("hangs up when nobody wants it any more", async () => {
    const { stream, line, lines } = opened();
    await settle();
    stream.stop();
    stream.reconnectNow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line().isAborted).toBe(true);
    expect(lines).toHaveLength(1);
  });
});

describe("a stream that is cut", () => {
  it.each(["cut", "end"] as const)("is taken up after the last event (%s)", async (how) => {
    const { line, after, state } = opened();
    await settle();
    line().send(says(4), says(7));
    await settle();
    line()[how]();
    await settle();
    expect(state()).toMatchObject({ state: "reconnecting", attempt: 1 });
    await vi.advanceTimersByTimeAsync(1300);
    expect(after).toEqual(["1.1.3", "1.1.7"]);
    expect(state()).toEqual({ state: "open" });
  });

  it("is tried again after about 1, 2, 4, 8, 15, 30 and 30 seconds", async () => {
    const down = new ApiError({ status: 0 });
    const { state } = opened(Array.from({ length: 7 }, () => down));
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      await settle();
      const now = state();
      if (now.state !== "reconnecting") throw new Error(now.state);
      waits.push((now.retryAt - Date.now()) / 1000);
      await vi.advanceTimersByTimeAsync(now.retryAt - Date.now());
    }
    for (const [place, seconds] of [1, 2, 4, 8, 15, 30, 30].entries()) {
      expect(waits[place]).toBeGreaterThanOrEqual(seconds * 0.7 - 0.001);
      expect(waits[place]).toBeLessThanOrEqual(seconds * 1.3 + 0.001);
    }
  });

  it("says since when it is cut, however often it was tried", async () => {
    const down = new ApiError({ status: 503 });
    const { state } = opened([down, down, down]);
    await settle();
    const since = Date.now();
    await vi.advanceTimersByTimeAsync(5000);
    expect(state()).toMatchObject({ since });
  });

  it("begins to count anew once an event has come", async () => {
    const { line, lines, state } = opened();
    for (let cut = 0; cut < 3; cut += 1) {
      await settle();
      line().send(says(4 + cut));
      await settle();
      line().cut();
      await settle();
      expect(state()).toMatchObject({ attempt: 1 });
      await vi.advanceTimersByTimeAsync(1300);
    }
    expect(lines).toHaveLength(4);
  });

  it("is not tried again when the server refuses", async () => {
    const gone = new ApiError({ status: 404, code: "turn_not_found" });
    const { state, after } = opened([gone]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state()).toEqual({ state: "failed", error: gone });
    expect(after).toHaveLength(1);
  });

  it("is tried again at once when somebody asks for it", async () => {
    const { stream, state } = opened([new ApiError({ status: 0 })]);
    await settle();
    stream.reconnectNow();
    await settle();
    expect(state()).toEqual({ state: "open" });
  });

  it("is tried again at once when the server is back", async () => {
    const { state, after } = opened([new ApiError({ status: 0 }), new ApiError({ status: 503 })]);
    await vi.advanceTimersByTimeAsync(1300);
    expect(state()).toMatchObject({ state: "reconnecting", attempt: 2 });
    tell("back");
    await settle();
    expect(state()).toEqual({ state: "open" });
    expect(after).toHaveLength(3);
  });

  it("is told to those who want to know whether the server is there", async () => {
    const missed = vi.fn();
    const stop = hear("missed", missed);
    const { line } = opened();
    await settle();
    expect(missed).not.toHaveBeenCalled();
    line().cut();
    await settle();
    expect(missed).toHaveBeenCalledOnce();
    stop();
  });

  it("says what the server answered instead of a stream", async () => {
    const busy = new ApiError({ status: 503 });
    const { state } = opened([busy]);
    await settle();
    expect(state()).toMatchObject({ state: "reconnecting", error: busy });
  });

  it("takes an event that makes no sense for a cut", async () => {
    const { line, state } = opened();
    await settle();
    line().write("id: 1.1.4\ndata: {nonsense\n\n");
    await settle();
    expect(state()).toMatchObject({ state: "reconnecting" });
  });
});

describe("a stream in which events are missing", () => {
  it("is asked for them at once, and takes nothing that came behind the gap", async () => {
    const { line, lines, frames, after, states } = opened([], { placeAfter });
    await settle();
    line().send(says(4), says(6), REST);
    line().end();
    await settle();
    expect(lines).toHaveLength(2);
    line().send(says(5), says(6), says(7));
    await settle();
    expect(after).toEqual(["1.1.3", "1.1.4"]);
    expect(frames).toEqual(["1.1.4", "1.1.5", "1.1.6", "1.1.7"]);
    expect(states()).not.toContain("reconnecting");
  });

  it("goes on behind the gap if the server says the same again", async () => {
    const { line, lines, frames } = opened([], { placeAfter });
    await settle();
    for (let time = 0; time < 2; time += 1) {
      line().send(says(6), says(7), { ...says(8), id: "1.2.1" });
      await settle();
    }
    expect(lines).toHaveLength(2);
    expect(frames).toEqual(["1.1.6", "1.1.7", "1.2.1"]);
  });

  it("passes over what came before, also where that was an end", async () => {
    const { line, frames, state } = opened([], { placeAfter });
    await settle();
    line().send(says(4), { ...REST, id: "1.1.4" }, says(5), { ...REST, id: "1.1.2" });
    line().end();
    await settle();
    expect(frames).toEqual(["1.1.4", "1.1.5"]);
    expect(state()).toMatchObject({ state: "reconnecting" });
  });
});

describe("silence", () => {
  it("of 30 seconds is a cut", async () => {
    const { line, lines } = opened();
    await settle();
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(line().isAborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1300);
    expect(lines).toHaveLength(2);
  });

  it("is broken by a heartbeat", async () => {
    const { line, lines } = opened();
    await settle();
    for (let beat = 0; beat < 5; beat += 1) {
      await vi.advanceTimersByTimeAsync(15_000);
      line().write(":\n\n");
      await settle();
    }
    expect(lines).toHaveLength(1);
  });

  it("of a server that takes the call and never answers is a cut too", async () => {
    const states: string[] = [];
    const stream = new EventStream<TurnEvent>({
      after: null,
      isEnd: isRest,
      connect: () => new Promise(() => undefined),
      onFrame: () => undefined,
      onConnection: ({ state }) => states.push(state),
    });
    streams.push(stream);
    stream.start();
    await vi.advanceTimersByTimeAsync(SILENCE_MS);
    expect(states).toEqual(["connecting", "reconnecting"]);
  });
});

describe("without a network", () => {
  it("the stream waits, and is back at once when there is one", async () => {
    const { line, lines, state } = opened();
    await settle();
    set({ isOnline: false });
    expect(line().isAborted).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(state()).toEqual({ state: "offline" });
    expect(lines).toHaveLength(1);
    set({ isOnline: true });
    await settle();
    expect(state()).toEqual({ state: "open" });
  });

  it("a waiting stream does not wait out its time once there is one", async () => {
    const down = new ApiError({ status: 0 });
    const { state, after } = opened([down, down, down, down]);
    // However the waits are spread, the fourth try is made by 9.1 s and the fifth not before 10.5 s.
    await vi.advanceTimersByTimeAsync(9500);
    expect(after).toHaveLength(4);
    set({ isOnline: true });
    await settle();
    expect(state().state).not.toBe("failed");
    expect(state()).toMatchObject({ state: "open" });
  });
});

describe("a page that nobody looks at", () => {
  it("gives its connection back after 30 seconds, and takes it up when somebody looks", async () => {
    const { line, lines, after, state } = opened();
    await settle();
    line().send(says(4));
    set({ isHidden: true });
    await vi.advanceTimersByTimeAsync(HIDDEN_MS - 1);
    expect(line().isAborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(line().isAborted).toBe(true);
    expect(state()).toEqual({ state: "idle" });
    set({ isHidden: false });
    await settle();
    expect(lines).toHaveLength(2);
    expect(after.at(-1)).toBe("1.1.4");
  });

  it("keeps its connection as long as somebody waits to be told what comes", async () => {
    let isAwaited = true;
    const { line } = opened([], { isAwaited: () => isAwaited });
    await settle();
    set({ isHidden: true });
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    line().send(says(4));
    await vi.advanceTimersByTimeAsync(1);
    expect(line().isAborted).toBe(false);
    isAwaited = false;
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 2);
    line().send(says(5));
    await vi.advanceTimersByTimeAsync(2);
    expect(line().isAborted).toBe(true);
  });

  it("keeps its connection when somebody looks again soon", async () => {
    const { lines, line } = opened();
    await settle();
    set({ isHidden: true });
    await vi.advanceTimersByTimeAsync(10_000);
    set({ isHidden: false });
    line().write(":\n\n");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lines).toHaveLength(1);
    expect(line().isAborted).toBe(false);
  });
});
