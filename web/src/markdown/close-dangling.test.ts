import { describe, expect, it } from "vitest";

import { closeDangling } from "./close-dangling";

describe("a text that stops within a mark", () => {
  it.each([
    ["a **bo", "a **bo**"],
    ["a *it", "a *it*"],
    ["a _it", "a _it_"],
    ["a ~~gone", "a ~~gone~~"],
    ["a ***both", "a ***both***"],
    ["a **bo *it", "a **bo *it***"],
    ["run `npm", "run `npm`"],
    ["**run `npm", "**run `npm`**"],
    ["a **bold** and **mo", "a **bold** and **mo**"],
    ["a **bo\nld", "a **bo\nld**"],
  ])("%j is shown as %j", (text, shown) => {
    expect(closeDangling(text)).toBe(shown);
  });

  it("is shown without a mark that has nothing to mark yet", () => {
    expect(closeDangling("so **")).toBe("so ");
    expect(closeDangling("so `")).toBe("so ");
  });

  it("is shown whole when half of the closing mark has come", () => {
    expect(closeDangling("a **bold*")).toBe("a **bold**");
  });

  it("keeps the space at its end outside of the mark", () => {
    expect(closeDangling("a **bo ")).toBe("a **bo** ");
  });
});

describe("a link or an image that is not whole", () => {
  it.each([
    ["see [the gui", "see the gui"],
    ["see [the guide](https://exam", "see the guide"],
    ["see [the **gui", "see the **gui**"],
    ["see [the **gui** and [an", "see the **gui** and an"],
    ["look ![a ca", "look "],
    ["look ![a cat](https://exam", "look "],
  ])("%j is shown as %j", (text, shown) => {
    expect(closeDangling(text)).toBe(shown);
  });
});

describe("a text with all its marks closed", () => {
  it.each([
    "a **b** *c* `d` ~~e~~ [f](https://example.com)",
    "2 * 3 * 4",
    "snake_case_name",
    "no [link](for this has spaces",
    "a \\*star",
    "- [ ] task",
    "- one\n- two",
    "`a * b`",
    "- **one** and\n- two",
    "```js\nconst a = `",
    "- a\n  ```js\n  const a",
    "```js\n```",
    "",
  ])("%j is shown as it is", (text) => {
    expect(closeDangling(text)).toBe(text);
  });
});

it.each(["```", "```py", "~~~", "Look:\n```p"])(
  "begins no code before its first line is over: %j",
  (text) => {
    expect(closeDangling(text)).toBe(text.replace(/[`~].*/, ""));
  },
);

it("does not let marks of one list item reach into the next", () => {
  expect(closeDangling("- a **b\n- c")).toBe("- a **b\n- c");
});

it("does not choke on a line of open brackets", () => {
  expect(closeDangling("[".repeat(20_000))).toBe("");
});

it("does not make a heading of words with a first dash below them", () => {
  expect(closeDangling("words\n-")).toBe("words\n");
});
