import { expect, it, vi } from "vitest";

import type { EventFrame, TurnEvent } from "@/api/events";

import { LiveOutput } from "./live-output";

const frame = (payload: TurnEvent): EventFrame => ({ id: "1.1.1", payload });

const puts = (text: string, step_id = "a"): EventFrame =>
  frame({
    event_type: "step_progress",
    step_id,
    step_type: "tool_call",
    delta: { type: "tool_output", text },
  });

it("is put together, for each step by itself", () => {
  const output = new LiveOutput();
  output.hear("t", [puts("one\n"), puts("other", "b"), puts("two\n")]);
  expect(output.read("t", "a")).toBe("one\ntwo\n");
  expect(output.read("t", "b")).toBe("other");
});

it("is told only to those who read its step", () => {
  const output = new LiveOutput();
  const [a, b] = [vi.fn(), vi.fn()];
  output.subscribe("a", a);
  output.subscribe("b", b);
  output.hear("t", [puts("one")]);
  expect(a).toHaveBeenCalledOnce();
  expect(b).not.toHaveBeenCalled();
});

it("is kept from its end when there is too much, from the start of a line", () => {
  const output = new LiveOutput();
  for (let n = 0; n < 5000; n += 1) output.hear("t", [puts(`line ${n} of the output\n`)]);
  const text = output.read("t", "a");
  expect(text.length).toBeLessThanOrEqual(32_768);
  expect(text).toMatch(/^line \d+ of the output\n/);
  expect(text).toMatch(/line 4999 of the output\n$/);
});

it("is gone when the tool is asked again, and when the turn rests", () => {
  const output = new LiveOutput();
  output.hear("t", [
    puts("first try"),
    frame({ event_type: "step_restart", step_id: "a", epoch: 2, at: "" }),
    puts("second"),
  ]);
  expect(output.read("t", "a")).toBe("second");
  output.hear("t", [frame({ event_type: "turn_cancelled", at: "" })]);
  expect(output.read("t", "a")).toBe("");
});
