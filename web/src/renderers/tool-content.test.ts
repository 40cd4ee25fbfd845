import { describe, expect, it } from "vitest";

import { toolContent } from "./tool-content";

describe("what a tool answered is", () => {
  it.each(["", "sunny", "42", "null", '"quoted"', "[not json", '{"a": 1'])("text: %j", (text) => {
    expect(toolContent(text)).toEqual({ kind: "text", text });
  });

  it.each(["{}", "[]", '{"a": {"b": 1}}', "[1, 2]", '[{"a": 1}]', '[{"a": {"b": 1}}, {"a": 2}]'])(
    "JSON: %s",
    (text) => {
      expect(toolContent(text)).toEqual({ kind: "json", value: JSON.parse(text) as unknown });
    },
  );

  it("a table when it is rows, also when some lack a column", () => {
    const rows = [
      { city: "Lisbon", degrees: 21 },
      { city: "Porto", rain: true },
    ];
    expect(toolContent(JSON.stringify(rows))).toEqual({
      kind: "table",
      columns: ["city", "degrees", "rain"],
      rows,
    });
  });

  it("no table when it has too many columns to read", () => {
    const wide = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`c${n}`, n]));
    expect(toolContent(JSON.stringify([wide, wide])).kind).toBe("json");
  });
});
