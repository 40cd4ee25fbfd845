import { describe, expect, it } from "vitest";

import { aGroup, aTool } from "@/testing/tool-calls";

import { choose, chooseGroup, chosenIn, giveArgs, goneUses, isWhole } from "./tool-choice";

const read = aTool({ name: "files__read", own_name: "read", toolgroup: "files" });
const write = aTool({ name: "files__write", own_name: "write", toolgroup: "files" });
const files = { group: aGroup(), tools: [read, write] };

describe("the tools of an agent", () => {
  it("are all of a group that it names", () => {
    expect(chosenIn(["files"], files)).toEqual([read, write]);
    expect(isWhole(["files"], files)).toBe(true);
  });

  it.each(["files/read", "files/files__read"])("are those that it names one by one: %s", (use) => {
    expect(chosenIn([use], files)).toEqual([read]);
    expect(isWhole([use], files)).toBe(false);
  });

  it("become the group when all are chosen, and stay in their place", () => {
    expect(choose(["a", "files/read", "b"], files, [read, write])).toEqual(["a", "files", "b"]);
    expect(choose(["a", "files", "b"], files, [write])).toEqual(["a", "files/write", "b"]);
    expect(choose(["files"], files, [])).toEqual([]);
  });

  it("keep the arguments of the agent's own", () => {
    const given = giveArgs(["files"], files, { root: "/" });
    expect(given).toEqual([{ name: "files", args: { root: "/" } }]);
    expect(choose(given, files, [read])).toEqual([{ name: "files/read", args: { root: "/" } }]);
    expect(giveArgs(given, files, {})).toEqual(["files"]);
    expect(chooseGroup(given, files, false)).toEqual([]);
  });

  it("stay chosen while they are not there", () => {
    const uses = ["gone::one", { name: "away/tool", args: {} }, "files"];
    expect(goneUses(uses, [files])).toEqual(["gone::one", "away/tool"]);
    expect(choose(uses, files, [read]).slice(0, 2)).toEqual(uses.slice(0, 2));
  });
});
