import { describe, expect, it, vi } from "vitest";

import type { EventFrame } from "@/api/events";
import { aTurn } from "@/testing/values";

import { FramePacer } from "./frame-pacer";
import { TurnStore } from "./turn-store";

/** A store whose next frame the test shows. */
function store() {
  let next: (() => void) | undefined;
  const pacer = new FramePacer({
    nextFrame: (callback) => (next = callback),
    afterPaint: () => undefined,
    now: () => 0,
  });
  return { turns: new TurnStore(pacer), frame: () => next?.() };
}

const running = (id: string) =>
  aTurn({ turn_id: id, status: "queued", last_event_id: "1.1.1", completed_at: null });
const begins = (seq: number): EventFrame => ({
  id: `1.1.${seq}`,
  payload: { event_type: "turn_start", turn_id: "a", session_id: "s", n: 1, at: "" },
});

describe("events", () => {
  it("are seen with the next frame, and all of them at once", () => {
    const { turns, frame } = store();
    turns.put(running("a"));
    const seen = vi.fn();
    turns.subscribe("a", seen);
    for (let seq = 2; seq < 50; seq += 1) turns.push("a", begins(seq));
    expect(turns.read("a")?.status).toBe("queued");
    frame();
    expect(turns.read("a")).toMatchObject({ status: "running", last_event_id: "1.1.49" });
    expect(seen).toHaveBeenCalledOnce();
  });

  it("are told only to those who read their turn", () => {
    const { turns, frame } = store();
    turns.put(running("a"));
    turns.put(running("b"));
    const seen = vi.fn();
    turns.subscribe("b", seen);
    turns.push("a", begins(2));
    frame();
    expect(seen).not.toHaveBeenCalled();
  });

  it("that came before change nothing and are told to nobody", () => {
    const { turns, frame } = store();
    turns.put(running("a"));
    const seen = vi.fn();
    turns.subscribe("a", seen);
    turns.push("a", begins(1));
    frame();
    expect(seen).not.toHaveBeenCalled();
  });

  it("that come twice within a frame are told once", () => {
    const { turns, frame } = store();
    turns.put(running("a"));
    const heard: string[] = [];
    turns.hear((_turnId, frames) => heard.push(...frames.map(({ id }) => id)));
    for (const seq of [2, 3, 3, 2, 4]) turns.push("a", begins(seq));
    frame();
    expect(heard).toEqual(["1.1.2", "1.1.3", "1.1.4"]);
  });

  it("are told to nobody who has left", () => {
    const { turns, frame } = store();
    turns.put(running("a"));
    const seen = vi.fn();
    turns.subscribe("a", seen)();
    turns.push("a", begins(2));
    frame();
    expect(seen).not.toHaveBeenCalled();
  });
});

describe("what the server says of a turn", () => {
  it("is taken when it is newer", () => {
    const { turns } = store();
    turns.put(running("a"));
    turns.put(aTurn({ turn_id: "a", status: "completed", last_event_id: "1.1.9" }));
    expect(turns.read("a")?.status).toBe("completed");
  });

  it("is not taken when more is known already", () => {
    const { turns } = store();
    turns.put(aTurn({ turn_id: "a", status: "completed", last_event_id: "1.1.9" }));
    turns.put(running("a"));
    expect(turns.read("a")?.status).toBe("completed");
  });
});
