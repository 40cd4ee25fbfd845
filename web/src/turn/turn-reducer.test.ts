import { describe, expect, it } from "vitest";

import type { EventFrame, TurnEvent } from "@/api/events";
import { anAnswer, anInference } from "@/testing/values";

import { foldAll, foldTurn } from "./turn-reducer";

const AT = "2025-06-12T12:00:00.000000Z";
const LATER = "2025-06-12T12:00:05.000000Z";

const QUEUED: TurnEvent = {
  event_type: "turn_queued",
  turn_id: "t1",
  session_id: "s1",
  agent_id: "a1",
  n: 1,
  input_messages: [{ role: "user", content: "Hello" }],
  parent_turn_id: null,
  at: AT,
};
const STARTED: TurnEvent = {
  event_type: "turn_start",
  turn_id: "t1",
  session_id: "s1",
  n: 1,
  at: AT,
};
const INFERS: TurnEvent = {
  event_type: "step_start",
  step_id: "i1",
  step_type: "inference",
  attempt: 1,
  at: AT,
  metadata: {},
  model: "demo/script",
};
const says = (text: string): TurnEvent => ({
  event_type: "step_progress",
  step_id: "i1",
  step_type: "inference",
  delta: { type: "text", text },
});
const calls = (index: number, part: string, call_id = "", tool_name = ""): TurnEvent => ({
  event_type: "step_progress",
  step_id: "i1",
  step_type: "inference",
  delta: {
    type: "tool_call",
    tool_call: { index, call_id, tool_name, arguments_json: part },
    parse_status: "in_progress",
  },
});
const RESTARTED: TurnEvent = { event_type: "step_restart", step_id: "i1", epoch: 2, at: LATER };
const CANCELLED: TurnEvent = { event_type: "turn_cancelled", at: LATER };

/** The events as a log: one place after the other. */
const log = (...events: readonly unknown[]) =>
  events.map((payload, place) => ({ id: `1.1.${place + 1}`, payload }) as EventFrame);

const fold = (...events: readonly unknown[]) => foldAll(null, log(...events))!;
const text = (...events: readonly unknown[]) => fold(...events).output_message.content;

describe("a turn", () => {
  it("does not exist before its first event", () => {
    expect(foldTurn(null, { id: "1.1.2", payload: STARTED })).toBeNull();
  });

  it("says what has come so far", () => {
    expect(text(QUEUED, STARTED, INFERS, says("It is "), says("sunny."))).toBe("It is sunny.");
  });

  it("has no stop reason while it speaks", () => {
    expect(fold(QUEUED, STARTED, INFERS, says("It")).output_message.stop_reason).toBeNull();
  });

  it("is not changed by what is folded into it", () => {
    const before = fold(QUEUED, STARTED, INFERS, says("It"));
    const copy = structuredClone(before);
    foldTurn(before, { id: "1.1.9", payload: says(" is") });
    expect(before).toEqual(copy);
  });

  it("keeps the last words of a cancelled step", () => {
    const turn = fold(QUEUED, STARTED, INFERS, says("It is"), CANCELLED);
    expect(turn).toMatchObject({
      status: "cancelled",
      completed_at: LATER,
      output_message: anAnswer("It is", { stop_reason: "cancelled" }),
      steps: [{ status: "cancelled", completed_at: LATER }],
    });
  });

  it("adds up the tokens of its inferences", () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 2,
      cached_input_tokens: 1,
      reasoning_tokens: 0,
    };
    const done = (step_id: string): readonly TurnEvent[] => [
      { ...INFERS, step_id },
      {
        event_type: "step_complete",
        step_id,
        step_type: "inference",
        step_details: anInference({ step_id, usage }),
        at: AT,
      },
    ];
    expect(fold(QUEUED, STARTED, ...done("i1"), ...done("i2")).usage).toEqual({
      input_tokens: 20,
      output_tokens: 4,
      cached_input_tokens: 2,
      reasoning_tokens: 0,
    });
  });
});

describe("an event that came before", () => {
  const turn = fold(QUEUED, STARTED, INFERS, says("It"));

  it.each(["1.1.4", "1.1.1", "1.0.99"])("changes nothing: %s", (id) => {
    expect(foldTurn(turn, { id, payload: says("It") })).toBe(turn);
  });

  it.each(["1.1.5", "1.1.900", "1.2.1", "1.10.1"])("is not one that is newer: %s", (id) => {
    const next = foldTurn(turn, { id, payload: says(" is") });
    expect(next.output_message.content).toBe("It is");
    expect(next.last_event_id).toBe(id);
  });
});

describe("a step that is tried again", () => {
  it("forgets what it said", () => {
    const turn = fold(QUEUED, STARTED, INFERS, says("It was"), RESTARTED, says("It is"));
    expect(turn.output_message.content).toBe("It is");
    expect(turn.steps).toMatchObject([{ step_id: "i1", attempt: 2 }]);
  });
});

describe("tool calls that come in parts", () => {
  it("are put together by their index, in its order", () => {
    const { output_message } = fold(
      QUEUED,
      STARTED,
      INFERS,
      calls(4, '{"city":', "c4", "weather"),
      calls(2, "{}", "c2", "time"),
      calls(4, '"Lisbon"}'),
    );
    expect(output_message.tool_calls).toEqual([
      { call_id: "c2", tool_name: "time", arguments: {}, arguments_json: "{}" },
      {
        call_id: "c4",
        tool_name: "weather",
        arguments: { city: "Lisbon" },
        arguments_json: '{"city":"Lisbon"}',
      },
    ]);
  });

  it("go on from a snapshot of the server, where a call's place is its index", () => {
    const before = fold(
      QUEUED,
      STARTED,
      INFERS,
      calls(0, "{}", "c0", "a"),
      calls(1, '{"x"', "c1", "b"),
    );
    const snapshot = structuredClone(before);
    const after = foldTurn(snapshot, { id: "1.1.9", payload: calls(1, ":1}") });
    expect(after.output_message.tool_calls[1]?.arguments).toEqual({ x: 1 });
  });

  it.each(['{"a":1', "[1]", '"text"', "nonsense}"])(
    "have no arguments while they are %s",
    (part) => {
      const turn = fold(QUEUED, STARTED, INFERS, calls(0, part, "c", "t"));
      expect(turn.output_message.tool_calls[0]).toMatchObject({
        arguments: {},
        arguments_json: part,
      });
    },
  );
});

describe("what a newer server says", () => {
  it("in an unknown event only moves the place", () => {
    const before = fold(QUEUED, STARTED, INFERS, says("It"));
    const payload = { event_type: "turn_pondered", at: AT } as unknown as TurnEvent;
    expect(foldTurn(before, { id: "1.1.9", payload })).toEqual({
      ...before,
      last_event_id: "1.1.9",
    });
  });

  it("in an unknown delta does not hurt", () => {
    const sings = { ...says(""), delta: { type: "song", notes: "do re mi" } };
    expect(text(QUEUED, STARTED, INFERS, says("It"), sings, says(" is"))).toBe("It is");
  });

  it("in a step of an unknown type is kept, from its start to its end", () => {
    const begins = { ...INFERS, step_id: "x1", step_type: "dream" };
    const ends = {
      event_type: "step_complete",
      step_id: "x1",
      step_type: "dream",
      at: LATER,
      step_details: { step_type: "dream", step_id: "x1", status: "completed", about: "sheep" },
    };
    expect(fold(QUEUED, STARTED, begins).steps).toMatchObject([
      { step_type: "dream", step_id: "x1", status: "running" },
    ]);
    expect(fold(QUEUED, STARTED, begins, ends).steps).toEqual([ends.step_details]);
  });
});
