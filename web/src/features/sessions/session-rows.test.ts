import { expect, it } from "vitest";

import { aSession } from "@/testing/values";

import { sessionRows } from "./session-rows";

/** Local noon, so that no time zone moves a session to another day. */
const at = (month: number, day: number, year = 2025, hour = 12) =>
  new Date(year, month - 1, day, hour);
const NOW = at(6, 12).getTime();

const sessionAt = (id: string, time: Date) => aSession(id, { updated_at: time.toISOString() });
const labels = (...args: Parameters<typeof sessionRows>) =>
  sessionRows(...args).map((row) => (row.kind === "heading" ? `# ${row.label}` : row.key));

it("puts pinned sessions first, whatever their time", () => {
  const old = sessionAt("old", at(1, 1, 2020));
  const fresh = sessionAt("fresh", at(6, 12));
  expect(labels([old], [fresh], NOW)).toEqual(["# Pinned", "old", "# Today", "fresh"]);
});

it.each([
  [at(6, 12, 2025, 0), "Today"],
  [at(6, 11, 2025, 23), "Yesterday"],
  [at(6, 10), "Previous 7 days"],
  [at(6, 5), "Previous 7 days"],
  [at(6, 4), "June"],
  [at(1, 31), "January"],
  [at(12, 31, 2024), "December 2024"],
])("names the time of %s %s", (time, label) => {
  expect(labels([], [sessionAt("s", time)], NOW)).toEqual([`# ${label}`, "s"]);
});

it("counts a clock that runs ahead as today", () => {
  expect(labels([], [sessionAt("s", at(6, 13))], NOW)).toEqual(["# Today", "s"]);
});

it("writes each heading once", () => {
  const two = [sessionAt("a", at(6, 12)), sessionAt("b", at(6, 12)), sessionAt("c", at(6, 11))];
  expect(labels([], two, NOW)).toEqual(["# Today", "a", "b", "# Yesterday", "c"]);
});

it("has no rows for no sessions", () => {
  expect(sessionRows([], [], NOW)).toEqual([]);
});
