import { describe, expect, it } from "vitest";

import { hideMath } from "./math-marks";

const formulasIn = (text: string, isGrowing = false) =>
  hideMath(text, isGrowing).formulas.map(({ source }) => source);

describe("a formula", () => {
  it.each([
    ["so $x_1$ holds", ["$x_1$"]],
    ["the $n$th of $2 \\times 3$.", ["$n$", "$2 \\times 3$"]],
    ["\\(a\\) and \\[b\\] and $$c$$", ["\\(a\\)", "\\[b\\]", "$$c$$"]],
    ["$$\na\n+ b\n$$", ["$$\na\n+ b\n$$"]],
    ["- \\[\n  a\n  \\]", ["\\[\n  a\n  \\]"]],
    ["costs \\$5, and $\\$5$ is math", ["$\\$5$"]],
    ["$a$$b$", []],
  ])("is found: %j", (text, found) => {
    expect(formulasIn(text)).toEqual(found);
  });

  it.each([
    "$5 and $10",
    "between $5 and $10, or US$7–$9",
    "pay 5$ or 10$",
    "$5, or 10 dollars",
    "from $1,000 to $2,000.",
    "$5 million of 10$",
    "`$a$` and ``$b$ ` $c$``",
    "```\n$a$\n$$\nb\n$$\n```",
    "$HOME/bin:$PATH",
    "$ a $",
    "\\$a\\$",
    "\\\\(a\\\\)",
    "$$\na\n\nb\n$$",
    "$a\nb$",
    "$$$$",
  ])("is not seen in %j", (text) => {
    expect(formulasIn(text)).toEqual([]);
  });

  it("keeps every other sign where it is", () => {
    const { text } = hideMath("a $x$ b");
    expect(text).toHaveLength("a $x$ b".length);
    expect([text.slice(0, 2), text.slice(5)]).toEqual(["a ", " b"]);
  });

  it("in a quote is without the signs of the quote", () => {
    expect(hideMath("> $$\n> x\n> $$").formulas[0]?.tex).toBe("\n x\n ");
  });

  it("that is being written stands as it is written", () => {
    expect(formulasIn("so\n\n$$\nx_{1} + *", true)).toEqual(["$$\nx_{1} + *"]);
    expect(formulasIn("so \\(x_{1", true)).toEqual(["\\(x_{1"]);
    expect(formulasIn("```\n$$\nx", true)).toEqual([]);
    expect(formulasIn("costs $5 and", true)).toEqual([]);
  });
});
