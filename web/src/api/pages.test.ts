import { describe, expect, it } from "vitest";

import { aSession, aTurn } from "@/testing/values";

import {
  dropSession,
  patched,
  placeSession,
  placeTurn,
  refreshed,
  type SessionPages,
  sessionsIn,
  type TurnPages,
  turnsIn,
} from "./pages";

const pagesOf = (...pages: readonly (readonly string[])[]): SessionPages => ({
  pages: pages.map((ids) => ({
    sessions: ids.map((id) => aSession(id)),
    has_more: false,
    next_cursor: null,
  })),
  pageParams: [null],
});
const ids = (data: SessionPages) => sessionsIn(data).map((session) => session.session_id);

const turnPages = (...pages: readonly (readonly number[])[]): TurnPages => ({
  pages: pages.map((ns) => ({
    turns: ns.map((n) => aTurn({ n, turn_id: `t${n}`, last_event_id: `${n}.1.5` })),
    has_more: false,
    next_cursor: null,
  })),
  pageParams: [null],
});
const numbers = (data: TurnPages) => turnsIn(data).map((turn) => turn.n);

describe("a session that changed", () => {
  it("stays in its place", () => {
    const renamed = aSession("b", { session_name: "New" });
    const data = placeSession(pagesOf(["a"], ["b", "c"]), renamed, {});
    expect(ids(data)).toEqual(["a", "b", "c"]);
    expect(sessionsIn(data)[1]).toBe(renamed);
  });

  it("comes to the front when something has happened in it", () => {
    const later = aSession("b", { updated_at: "2126-01-01T00:00:00.000000Z" });
    expect(ids(placeSession(pagesOf(["a"], ["b", "c"]), later, {}))).toEqual(["b", "a", "c"]);
  });

  it("leaves a list that shows no such sessions", () => {
    const data = pagesOf(["a", "b"]);
    expect(ids(placeSession(data, aSession("a", { archived: true }), {}))).toEqual(["b"]);
    expect(ids(placeSession(data, aSession("a", { pinned: true }), { pinned: false }))).toEqual([
      "b",
    ]);
  });

  it("comes to the front of a list that now shows it", () => {
    const pinned = aSession("z", { pinned: true });
    expect(ids(placeSession(pagesOf(["a"], ["b"]), pinned, { pinned: true }))).toEqual([
      "z",
      "a",
      "b",
    ]);
  });

  it("is left to the server where a list is searched for words", () => {
    expect(ids(placeSession(pagesOf(["a"]), aSession("z"), { q: "words" }))).toEqual(["a"]);
  });

  it("is in no list once it is dropped", () => {
    expect(ids(dropSession(pagesOf(["a", "b"], ["c"]), "b"))).toEqual(["a", "c"]);
  });

  it("has the name of a person once a person has named it", () => {
    const session = aSession("a", { title_source: "model" });
    expect(patched(session, { session_name: "Mine" })).toMatchObject({
      session_name: "Mine",
      title_source: "user",
    });
    expect(patched(session, { pinned: true }).title_source).toBe("model");
  });
});

describe("a turn that changed", () => {
  it("stays in its place", () => {
    const done = aTurn({ n: 2, turn_id: "t2", last_event_id: "2.1.9", status: "failed" });
    const data = placeTurn(turnPages([3, 2], [1]), done);
    expect(numbers(data)).toEqual([1, 2, 3]);
    expect(turnsIn(data)[1]).toBe(done);
  });

  it("does not replace what is known of it and newer", () => {
    const older = aTurn({ n: 2, turn_id: "t2", last_event_id: "2.1.3", status: "running" });
    expect(turnsIn(placeTurn(turnPages([2]), older))[0]?.status).toBe("completed");
  });

  it("is the newest when it is new", () => {
    const data = placeTurn(turnPages([2, 1]), aTurn({ n: 3, turn_id: "t3" }));
    expect(numbers(data)).toEqual([1, 2, 3]);
  });
});

describe("the newest page, fetched again", () => {
  const latest = (...ns: readonly number[]) => turnPages(ns).pages[0]!;

  it("brings what is new and leaves older pages as they are", () => {
    const before = turnPages([4, 3], [2, 1]);
    const data = refreshed(before, latest(6, 5, 4));
    expect(numbers(data)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(data.pages[1]?.turns[0]).toBe(before.pages[1]?.turns[0]);
  });

  it("takes the place of all pages when it does not reach down to them", () => {
    expect(numbers(refreshed(turnPages([4, 3]), latest(9, 8)))).toEqual([8, 9]);
  });

  it("fills a session that was empty", () => {
    expect(numbers(refreshed(turnPages([]), latest(1)))).toEqual([1]);
  });
});
