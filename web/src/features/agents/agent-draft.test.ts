import { describe, expect, it } from "vitest";

import { aConfig } from "@/testing/values";

import { configOf, draftOf, newDraft, patchOf, problemsFrom, problemsIn } from "./agent-draft";

const draft = newDraft("ollama/llama3.2");
const sampling = aConfig.sampling_params;

describe("a new agent", () => {
  it("needs only its model", () => {
    expect(problemsIn(draft)).toEqual({});
    expect(configOf(draft)).toEqual({
      model: "ollama/llama3.2",
      name: null,
      description: null,
      instructions: "",
      max_infer_iters: 10,
      starters: [],
      toolgroups: [],
    });
  });

  it("keeps starter messages one a line, without the empty ones", () => {
    const starters = "What can you do?\n\n  Tell me a story \n";
    expect(configOf({ ...draft, starters }).starters).toEqual([
      "What can you do?",
      "Tell me a story",
    ]);
  });

  it("understands a decimal comma", () => {
    expect(configOf({ ...draft, temperature: "0,7" }).sampling_params?.strategy).toEqual({
      type: "top_p",
      temperature: 0.7,
      top_p: null,
    });
  });
});

describe("a changed agent", () => {
  it("comes back from its draft as it was", () => {
    const before = {
      ...aConfig,
      description: "Reads",
      starters: ["Hi"],
      toolgroups: ["builtin::clock", { name: "files/read", args: { root: "/" } }],
      sampling_params: {
        ...sampling,
        strategy: { type: "top_p", temperature: 0.2, top_p: 0.9 } as const,
        max_tokens: 100,
      },
    };
    expect({ ...before, ...patchOf(before, draftOf(before)) }).toEqual(before);
  });

  it("keeps a way of sampling that the form does not show", () => {
    const before = {
      ...aConfig,
      sampling_params: { ...sampling, strategy: { type: "greedy" } as const },
    };
    const patch = patchOf(before, { ...draftOf(before), maxTokens: "50" });
    expect(patch.sampling_params).toEqual({
      ...sampling,
      strategy: { type: "greedy" },
      max_tokens: 50,
    });
  });

  it("leaves sampling to the model server again when its fields are emptied", () => {
    const strategy = { type: "top_p", temperature: 0.2, top_p: null } as const;
    const before = { ...aConfig, sampling_params: { ...sampling, strategy } };
    const patch = patchOf(before, { ...draftOf(before), temperature: "" });
    expect(patch.sampling_params?.strategy).toBeNull();
  });

  it("does not name sampling when nobody touched it", () => {
    expect(patchOf(aConfig, draftOf(aConfig))).not.toHaveProperty("sampling_params");
  });
});

describe("what is wrong", () => {
  it.each([
    ["model", " "],
    ["temperature", "2.1"],
    ["temperature", "warm"],
    ["topP", "-0.1"],
    ["maxTokens", "0"],
    ["maxTokens", "1.5"],
    ["topP", "0"],
    ["maxSteps", "none"],
    ["maxSteps", "101"],
  ] as const)("is said at %s when it is %j", (field, value) => {
    expect(Object.keys(problemsIn({ ...draft, [field]: value }))).toEqual([field]);
  });

  it.each([
    ["temperature", "0"],
    ["temperature", "2"],
    ["topP", "1"],
    ["maxTokens", "1"],
    ["maxSteps", "100"],
  ] as const)("is nothing when %s is %j", (field, value) => {
    expect(problemsIn({ ...draft, [field]: value })).toEqual({});
  });

  it("is put at the field that the server points to", () => {
    const errors = [
      { pointer: "/agent_config/sampling_params/strategy/temperature", detail: "too hot" },
      { pointer: "/agent_config/starters/3", detail: "too long" },
      { pointer: "/agent_config/no_field_here", detail: "unknown" },
    ];
    expect(problemsFrom(errors)).toEqual({ temperature: "too hot", starters: "too long" });
  });
});
