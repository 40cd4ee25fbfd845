import type { Root } from "mdast";
import { describe, expect, it } from "vitest";

import { HARD_DOCUMENTS, MATHS, randomDocuments, randomMaths } from "@/testing/documents";
import { chance } from "@/testing/random";

import { hideMath } from "./math-marks";
import { parse } from "./parse";
import { hasReferences } from "./references";
import { showMath } from "./show-math";
import { finish, grow, NOTHING, type Split, wordsOf } from "./split";

const BY_HAND = [...HARD_DOCUMENTS, ...MATHS];
const DOCUMENTS = [...BY_HAND, ...randomDocuments(500), ...randomMaths(80)];

/** What the text means, without where it stands. */
function meaningOf(parts: readonly string[]): string {
  const children = parts.flatMap((part): Root["children"] => treeOf(wordsOf(part)).children);
  return JSON.stringify(children, (key, value: unknown) =>
    key === "position" ? undefined : value,
  );
}

function treeOf(part: string): Root {
  const { text, formulas } = hideMath(part);
  const root = parse(text);
  showMath(root, formulas);
  return root;
}

/** The splits after each character more. */
function* growth(text: string): Generator<Split> {
  let split = NOTHING;
  for (let end = 1; end <= text.length; end += 1) {
    split = grow(split, text.slice(0, end));
    yield split;
  }
}

/** The first prefix of the text of which the claim is not true; null when it always is. */
function exception(text: string, isTrue: (split: Split, before: Split) => boolean): string | null {
  let before = NOTHING;
  for (const split of growth(text)) {
    if (!isTrue(split, before)) return split.text;
    before = split;
  }
  return null;
}

const isWhole = ({ blocks, open, text }: Split) => blocks.join("") + open === text;
const keepsBlocks = (now: Split, before: Split) =>
  before.blocks.every((block, place) => now.blocks[place] === block);

/** Does it mean in blocks what it means in one piece, if it ends here? */
function keepsMeaning(split: Split): boolean {
  const { blocks, open } = finish(split);
  return meaningOf([...blocks, open]) === meaningOf([split.text]);
}

describe("a text that comes character by character", () => {
  it.each(DOCUMENTS)("is whole in its blocks, and no block ever changes: %j", (text) => {
    const isSound = (now: Split, before: Split) => isWhole(now) && keepsBlocks(now, before);
    expect(exception(text, isSound)).toBeNull();
  });

  it.each(DOCUMENTS.filter((text) => !hasReferences(text)))(
    "means in blocks what it means in one piece, wherever it ends: %j",
    (text) => {
      const every = BY_HAND.includes(text) ? 2 : 25;
      const isSampled = ({ length }: string) => length % every === 0 || length === text.length;
      expect(exception(text, (split) => !isSampled(split.text) || keepsMeaning(split))).toBeNull();
    },
  );
});

describe("a text that comes in pieces of any size", () => {
  it.each(BY_HAND)("comes to the same end: %j", (text) => {
    const luck = chance(text.length);
    let split = NOTHING;
    for (let end = 0; end < text.length; end += 1 + luck.below(40)) {
      split = grow(split, text.slice(0, end));
    }
    const { blocks, open } = finish(grow(split, text));
    expect([...blocks, open].join("")).toBe(text);
    if (!hasReferences(text)) expect(meaningOf([...blocks, open])).toBe(meaningOf([text]));
  });
});

describe("finished blocks", () => {
  it("are cut off with the first letter after a gap, so that what grows is drawn without them", () => {
    expect(grow(NOTHING, "One.\n\n").blocks).toEqual([]);
    expect(grow(grow(NOTHING, "One.\n\n"), "One.\n\nT").blocks).toEqual(["One.\n\n"]);
    expect(grow(NOTHING, "```\none\n```\nT").blocks).toEqual(["```\none\n```\n"]);
    expect(grow(NOTHING, "- one\n\nT").blocks).toEqual(["- one\n\n"]);
  });

  it("wait for the whole of a line that may yet be their own", () => {
    expect(grow(NOTHING, "- one\n\n-").blocks).toEqual([]);
    expect(grow(NOTHING, "1. one\n\n2").blocks).toEqual([]);
    expect(grow(NOTHING, "- one\n\n  T").blocks).toEqual([]);
    expect(grow(NOTHING, "1. one\n\n2 is\n").blocks).toEqual(["1. one\n\n"]);
  });

  it("end before code as soon as its first line is whole, so that it is drawn apart", () => {
    const split = grow(grow(NOTHING, "Look:\n"), "Look:\n```py\nprint");
    expect(split.blocks).toEqual(["Look:\n"]);
    expect(split.open).toBe("```py\nprint");
  });

  it("keep their strings, so that comparing them is free", () => {
    const before = grow(NOTHING, "One.\n\nTwo.\n\nThree.\n");
    const after = grow(before, before.text + "\nFour.\n");
    expect(after.blocks.length).toBeGreaterThan(before.blocks.length);
    expect(after.blocks.slice(0, before.blocks.length)).toEqual(before.blocks);
  });
});

it("begins anew with a text that is another one", () => {
  const split = grow(NOTHING, "One.\n\nTwo.\n\nThree.\n");
  expect(grow(split, "Again.")).toEqual({ text: "Again.", blocks: [], open: "Again.", seen: 0 });
});

/** 64 kB as an agent might write them: words, code, lists. */
function longText(): string {
  const words = "Some **words** of `prose` that go on for a line or two, as answers do. ".repeat(3);
  const code = `\`\`\`py\n${"print('hello')\n\n".repeat(60)}\`\`\`\n\n`;
  const list = Array.from({ length: 20 }, (_, i) => `${i + 1}. item ${words}\n`).join("");
  return `${words}\n\n${code}${list}\n`.repeat(12).slice(0, 65_536);
}

function timed(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

it("of 64 kB in 3,300 pieces costs what parsing them some ten times costs, not 3,300 times", () => {
  const text = longText();
  let split = NOTHING;
  const once = timed(() => finish(grow(NOTHING, text)));
  const inPieces = timed(() => {
    for (let end = 0; end < text.length; end += 20) split = grow(split, text.slice(0, end));
  });
  expect(split.blocks.length).toBeGreaterThan(30);
  expect(inPieces / once).toBeLessThan(50); // measured: about 6; parsing all each time: over 1,500
});
