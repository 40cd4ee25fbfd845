import { describe, expect, it } from "vitest";

import type { ToolCallStep } from "@/api/types";
import { anAnswer, anInference, aTurn } from "@/testing/values";

import {
  answeringModel,
  callsWithoutStep,
  saidBefore,
  thoughtDuration,
  timeToFirstToken,
  tokenCount,
  tokensPerSecond,
  toolCount,
  workDuration,
} from "./turn-facts";

const at = (seconds: number) => new Date(Date.UTC(2025, 5, 12, 12) + seconds * 1000).toISOString();
const usage = {
  input_tokens: 100,
  output_tokens: 50,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
};
const CALL = { call_id: "c1", tool_name: "clock", arguments: {}, arguments_json: "{}" };
const toolStep: ToolCallStep = {
  ...anInference(),
  step_type: "tool_call",
  step_id: "s2",
  tool_call: CALL,
  tool_response: null,
  approval: "none",
  question: null,
};

describe("how long a turn worked", () => {
  it("is from its first step on: waiting in the queue is not work", () => {
    const steps = [anInference({ started_at: at(5), completed_at: at(9) })];
    expect(workDuration(aTurn({ started_at: at(0), completed_at: at(9), steps }))).toBe(4000);
  });

  it("is not known before it ends", () => {
    const steps = [anInference({ completed_at: null })];
    expect(workDuration(aTurn({ completed_at: null, status: "running", steps }))).toBeNull();
  });

  it("is never less than nothing, whatever clocks say", () => {
    expect(workDuration(aTurn({ started_at: at(5), completed_at: at(1) }))).toBe(0);
  });
});

describe("what a turn took", () => {
  it("is its tools and all of its tokens", () => {
    const turn = aTurn({ steps: [anInference(), toolStep], usage });
    expect(toolCount(turn)).toBe(1);
    expect(tokenCount(turn)).toBe(150);
  });

  it("is not known in tokens when the model server does not count them", () => {
    expect(tokenCount(aTurn())).toBeNull();
  });
});

describe("how fast a model speaks", () => {
  const step = anInference({
    started_at: at(0),
    first_token_at: at(0.5),
    completed_at: at(2.5),
    usage,
  });

  it("is the time to its first token and tokens a second from there", () => {
    expect(timeToFirstToken(step)).toBe(500);
    expect(tokensPerSecond(step)).toBe(25);
  });

  it("is not said of an answer that came all at once", () => {
    expect(tokensPerSecond({ ...step, completed_at: at(0.51) })).toBeNull();
  });

  it("is not said where nothing came", () => {
    expect(timeToFirstToken({ ...step, first_token_at: null })).toBeNull();
    expect(tokensPerSecond({ ...step, usage: null })).toBeNull();
  });

  it("divides its time between thought and words as the text is divided", () => {
    const model_response = anAnswer("a".repeat(10), { reasoning: "b".repeat(30) });
    expect(thoughtDuration({ ...step, model_response })).toBe(1500);
    expect(thoughtDuration(step)).toBeNull();
  });
});

describe("the model of a turn", () => {
  it("is the one that answered", () => {
    const steps = [anInference({ model: "a/one" }), anInference({ model: "b/two" })];
    expect(answeringModel(aTurn({ steps }))).toEqual({ id: "b/two", isDemo: false });
  });

  it("may be the demo script", () => {
    expect(answeringModel(aTurn({ steps: [anInference({ model: "demo/script" })] }))?.isDemo).toBe(
      true,
    );
  });

  it("is unknown before the first step", () => {
    expect(answeringModel(aTurn())).toBeNull();
  });
});

describe("what is said on the way to an answer", () => {
  it("is the text of all inferences but the last, where there is some", () => {
    const steps = [
      anInference({ step_id: "s1", model_response: anAnswer("Let me look.") }),
      anInference({ step_id: "s2", model_response: anAnswer("") }),
      anInference({ step_id: "s3", model_response: anAnswer("Here it is.") }),
    ];
    expect(saidBefore(aTurn({ steps })).map((step) => step.step_id)).toEqual(["s1"]);
  });

  it("leaves the calls that no step runs", () => {
    const other = { ...CALL, call_id: "c2" };
    const output_message = anAnswer("", { tool_calls: [CALL, other] });
    expect(callsWithoutStep(aTurn({ steps: [toolStep], output_message }))).toEqual([other]);
  });
});
