import { describe, expect, it } from "vitest";

import { aSession, aTurn } from "@/testing/values";

import {
  dropSession,
  patched,
  appended,
  branchedOff,
  branchIn,
  leadsTo,
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
    has_more: ns.at(-1) !== 1,
    next_cursor: null,
    siblings: {},
  })),
  pageParams: pages.map(() => null),
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

  it("changes nothing on a branch that it is not on", () => {
    const data = turnPages([2, 1]);
    expect(placeTurn(data, aTurn({ n: 3, turn_id: "t3" }))).toBe(data);
  });
});

describe("a new turn", () => {
  it("is the newest", () => {
    const data = appended(turnPages([2, 1]), aTurn({ n: 3, turn_id: "t3" }));
    expect(numbers(data)).toEqual([1, 2, 3]);
    expect(numbers(appended(data, aTurn({ n: 3, turn_id: "t3" })))).toEqual([1, 2, 3]);
  });

  it("beside another one takes its place, and what came after that is gone from the branch", () => {
    const data = branchedOff(turnPages([5, 4], [3, 2, 1]), "t3", aTurn({ n: 6, turn_id: "t6" }));
    expect(numbers(data)).toEqual([1, 2, 6]);
    expect(branchIn(data).siblings).toEqual({ t6: ["t3", "t6"] });
    const again = branchedOff(data, "t6", aTurn({ n: 7, turn_id: "t7" }));
    expect(branchIn(again).siblings.t7).toEqual(["t3", "t6", "t7"]);
  });

  it("beside the first one stands alone", () => {
    const data = branchedOff(turnPages([3, 2, 1]), "t1", aTurn({ n: 4, turn_id: "t4" }));
    expect(numbers(data)).toEqual([4]);
  });
});

describe("the newest page, fetched again", () => {
  const latest = (...ns: readonly number[]) => turnPages(ns).pages[0]!;

  it("brings what is new and leaves older pages as they are", () => {
    const before = turnPages([4, 3], [2, 1]);
    const data = refreshed(before, latest(6, 5, 4));
    expect(numbers(data)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(data.pages[1]?.turns[0]).toBe(before.pages[1]?.turns[0]);
    expect(leadsTo(before, latest(6, 5, 4))).toBe(true);
    expect(leadsTo(before, latest(6, 5))).toBe(false);
  });

  it("follows to another branch from where both part", () => {
    expect(numbers(refreshed(turnPages([5, 4], [3, 2, 1]), latest(7, 6, 2)))).toEqual([1, 2, 6, 7]);
  });

  it("drops what was deleted", () => {
    expect(numbers(refreshed(turnPages([5, 4], [3, 2, 1]), latest(3, 2)))).toEqual([1, 2, 3]);
    expect(numbers(refreshed(turnPages([3, 2, 1]), latest(1)))).toEqual([1]);
  });

  it("tells anew which of its turns have others beside them, and leaves that of older ones", () => {
    const before = turnPages([3, 2], [1]);
    const known = [{ t3: ["t3", "t9"] }, { t1: ["t0", "t1"] }];
    const pages = before.pages.map((page, at) => ({ ...page, siblings: known[at] ?? {} }));
    const page = { ...latest(3, 2), siblings: { t2: ["t2", "t8"] } };
    expect(branchIn(refreshed({ ...before, pages }, page)).siblings).toEqual({
      t1: ["t0", "t1"],
      t2: ["t2", "t8"],
    });
  });

  it("takes the place of all pages when it does not reach down to them", () => {
    expect(numbers(refreshed(turnPages([4, 3]), latest(9, 8)))).toEqual([8, 9]);
  });

  it("fills a session that was empty", () => {
    expect(numbers(refreshed(turnPages([]), latest(1)))).toEqual([1]);
  });
});
