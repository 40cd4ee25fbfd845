import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Turn } from "@/api/types";
import { awaitEnd, isAwaited } from "@/components/awaited";
import { prefer } from "@/storage/preferences";
import { sawEnd } from "@/storage/seen";
import { server } from "@/testing/server";
import { anAnswer, aSession, aTurn } from "@/testing/values";

import { bodyOf, tellOfRest } from "./rested-turn";

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly click: () => void;
}

let shown: Shown[] = [];

/** What the browser would show: jsdom shows nothing. */
class Notification {
  static permission = "granted";
  onclick: () => void = () => undefined;
  constructor(title: string, { body, tag }: { readonly body: string; readonly tag: string }) {
    shown.push({ title, body, tag, click: () => this.onclick() });
  }
  close = () => undefined;
}

const session = aSession("s1", { agent_id: "agent-1", session_name: "A week in Lisbon" });
const ended = (values: Partial<Turn> = {}) =>
  aTurn({ turn_id: "t1", output_message: anAnswer("Take **tram 28**."), ...values });

beforeEach(() => {
  shown = [];
  Notification.permission = "granted";
  vi.stubGlobal("Notification", Notification);
  server.use(http.get("*/turn/:turnId", () => HttpResponse.json(ended() as never)));
});

afterEach(() => {
  prefer({ notifies: false });
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it("nobody is told who has not asked for it, or may not be", async () => {
  await tellOfRest(session, "t1");
  awaitEnd("t2");
  await tellOfRest(session, "t1");
  prefer({ notifies: true });
  Notification.permission = "default";
  await tellOfRest(session, "t1");
  expect(shown).toEqual([]);
});

it("who waits for one turn is told of that one, once, and led to it", async () => {
  awaitEnd("t1");
  await tellOfRest(session, "t1");
  await tellOfRest(session, "t1");
  expect(shown).toMatchObject([{ title: "A week in Lisbon", body: "Take tram 28.", tag: "t1" }]);
  expect(isAwaited("t1")).toBe(false);
  vi.spyOn(window, "focus").mockImplementation(() => undefined);
  shown[0]!.click();
  expect(location.pathname + location.search).toBe("/a/agent-1/s/s1?turn=t1");
});

it("what was seen in another tab is not told of", async () => {
  prefer({ notifies: true });
  sawEnd("t1");
  await tellOfRest(session, "t1");
  expect(shown).toEqual([]);
});

it("the tab is marked until somebody looks", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  await tellOfRest(session, "t1");
  expect(document.title).toMatch(/^● /);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(document.title).not.toMatch(/^● /);
});

it("says how it ended, and nothing of what a person has stopped", () => {
  const long = bodyOf(ended({ output_message: anAnswer("word ".repeat(100)) }));
  expect(long).toMatch(/^word .*word…$/);
  expect(long!.length).toBeLessThan(145);
  expect(bodyOf(ended({ output_message: anAnswer("") }))).toBe("The answer is there.");
  expect(bodyOf(ended({ status: "failed" }))).toBe("The agent could not answer.");
  expect(bodyOf(ended({ status: "cancelled" }))).toBeNull();
  expect(bodyOf(ended({ status: "awaiting_input", wait_reason: "approval" }))).toMatch(/\w/);
});
