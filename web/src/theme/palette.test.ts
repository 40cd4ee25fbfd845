import { describe, expect, it } from "vitest";

import { DARK, type Hex, LIGHT, type SchemeColors } from "./palette";

/** WCAG 2.2: the relative luminance of a colour, 0 to 1. */
function luminance(hex: Hex): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Hex, other: Hex): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (lighter + 0.05) / (darker + 0.05);
}

type Role = keyof SchemeColors;

const BACKGROUNDS: Role[] = ["canvas", "sidebar", "paper", "raised"];
const WORDS: Role[] = [
  "text",
  "muted",
  "primary",
  "secondary",
  "error",
  "warning",
  "success",
  "info",
];
const LABELS: [Role, Role][] = [
  ["onPrimary", "primary"],
  ["onPrimary", "primaryLight"],
  ["onPrimary", "primaryDark"],
  ["onPrimary", "error"],
  ["onPrimary", "warning"],
  ["onPrimary", "success"],
  ["onPrimary", "info"],
  ["onSecondary", "secondary"],
  ["onBubble", "bubble"],
  ["canvas", "text"], // tooltips
];

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the %s scheme", (_, colors) => {
  it.each(WORDS.flatMap((word) => BACKGROUNDS.map((ground) => [word, ground] as const)))(
    "lets %s be read on %s",
    (word, ground) => {
      expect(contrast(colors[word], colors[ground])).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(LABELS)("lets %s be read on %s", (word, ground) => {
    expect(contrast(colors[word], colors[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["canvas", "sidebar", "paper"] as const)(
    "shows the edge of a control on %s",
    (ground) => {
      expect(contrast(colors.outline, colors[ground])).toBeGreaterThanOrEqual(3);
    },
  );
});

/** What the tokens of code are coloured with: see `code-style.ts`. */
const CODE: Role[] = ["muted", "primary", "success", "secondary", "info", "warning", "error"];

it.each(CODE)("gives %s of code in high contrast 7 to 1", (token) => {
  expect(contrast(DARK[token], "#000000")).toBeGreaterThanOrEqual(7);
});

it("measures black on white as 21 to 1", () => {
  expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21);
});
