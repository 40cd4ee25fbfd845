import { describe, expect, it } from "vitest";

import { formatBytes, formatDuration, formatRelativeTime, t } from ".";
import { fill } from "./fill";

const NOW = Date.parse("2025-05-04T12:00:00Z");
const ago = (seconds: number) => formatRelativeTime(NOW - seconds * 1000, NOW);

describe("sentences", () => {
  it("fill their gaps with what they are given", () => {
    expect(t("image.open", { host: "example.com" })).toBe("Image at example.com");
  });

  it("choose the plural by the count and write the count as the locale does", () => {
    expect(t("code.showAll", { count: 1 })).toBe("Show 1 line");
    expect(t("code.showAll", { count: 12_345 })).toBe("Show all 12,345 lines");
  });

  it("may have a text of their own for none", () => {
    const entry = { zero: "no turns", one: "{count} turn", other: "{count} turns" };
    expect([0, 1, 2].map((count) => fill(entry, { count }))).toEqual([
      "no turns",
      "1 turn",
      "2 turns",
    ]);
  });

  it("do not fill a gap again with what came from a value", () => {
    expect(fill("{a} and {b}", { a: "{b}", b: "x" })).toBe("{b} and x");
  });

  it("are refused by the compiler when a key or a value is wrong", () => {
    // @ts-expect-error there is no such key
    expect(() => t("no.such.key")).toThrow();
    // @ts-expect-error it asks for a host
    expect(t("image.open")).toBe("Image at {host}");
    // @ts-expect-error it asks for nothing
    expect(t("action.undo", { count: 1 })).toBe("Undo");
  });
});

describe("durations", () => {
  it.each([
    [0, "0ms"],
    [340, "340ms"],
    [12_400, "12.4s"],
    [59_990, "1m 0s"],
    [125_000, "2m 5s"],
    [3_790_000, "1h 3m"],
  ])("of %i ms read %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("relative times", () => {
  it.each([
    [2, "now"],
    [40, "40 sec. ago"],
    [5 * 60, "5 min. ago"],
    [3 * 3600, "3 hr. ago"],
    [26 * 3600, "yesterday"],
    [9 * 86_400, "Apr 25, 2025"],
  ])("of %i seconds ago read %s", (seconds, text) => {
    expect(ago(seconds)).toBe(text);
  });
});

describe("sizes", () => {
  it.each([
    [1, "1 byte"],
    [999, "999 bytes"],
    [182_000, "182 kB"],
    [41_000_000, "41 MB"],
  ])("of %i bytes read %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
