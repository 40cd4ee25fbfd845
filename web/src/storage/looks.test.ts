import { expect, it, vi } from "vitest";

import type { Session } from "@/api/types";
import { aSession } from "@/testing/values";

import { forgetLooks, heardRest, isUnread, lookAt, subscribeToLooks } from "./looks";

const KEY = "tertulia-looks";
let count = 0;

/** A session of its own after its turn of this number. */
function asked(id: string, n: number, values: Partial<Session> = {}): Session {
  return aSession(id, {
    active_turn_id: `t${n}`,
    updated_at: `2025-06-12T12:0${n}:00Z`,
    ...values,
  });
}
const fresh = () => `s${(count += 1)}`;

it("a session is unread once it rests otherwise than it was seen", () => {
  const id = fresh();
  expect(isUnread(asked(id, 1))).toBe(false);
  lookAt(asked(id, 1));
  expect(isUnread(asked(id, 1))).toBe(false);
  expect(isUnread(asked(id, 2))).toBe(true);
  lookAt(asked(id, 2));
  expect(isUnread(asked(id, 2))).toBe(false);
});

it("what waits for somebody, and what failed, is unread; what works or was stopped is not", () => {
  const id = fresh();
  lookAt(asked(id, 1, { status: "running", last_turn_status: "running" }));
  const now = (values: Partial<Session>) => isUnread(asked(id, 1, values));
  expect(now({ status: "awaiting_input", last_turn_status: "awaiting_input" })).toBe(true);
  expect(now({ last_turn_status: "failed" })).toBe(true);
  expect(now({ last_turn_status: "completed" })).toBe(true);
  expect(now({ last_turn_status: "cancelled" })).toBe(false);
  expect(isUnread(asked(id, 2, { status: "running", last_turn_status: "queued" }))).toBe(false);
});

it("a name or a pin makes nothing unread, nor does what is older than what was seen", () => {
  const id = fresh();
  lookAt(asked(id, 2));
  expect(isUnread(asked(id, 2, { session_name: "Oslo", updated_at: "2025-06-13T12:00:00Z" }))).toBe(
    false,
  );
  expect(isUnread(asked(id, 1))).toBe(false);
});

it("one that nobody has opened here is unread when it is heard to come to rest", () => {
  const id = fresh();
  heardRest(asked(id, 1));
  expect(isUnread(asked(id, 1))).toBe(true);
  lookAt(asked(id, 1));
  heardRest(asked(id, 1));
  expect(isUnread(asked(id, 1))).toBe(false);
});

it("other tabs are heard, and what they saw is kept", () => {
  const [mine, theirs] = [fresh(), fresh()];
  const listener = vi.fn();
  const stop = subscribeToLooks(listener);
  heardRest(asked(mine, 1));
  const stored = JSON.parse(localStorage.getItem(KEY)!) as unknown[];
  localStorage.setItem(KEY, JSON.stringify([...stored, [theirs, "", ""]]));
  dispatchEvent(new StorageEvent("storage", { key: KEY }));
  expect(listener).toHaveBeenCalledTimes(2);
  expect(isUnread(asked(theirs, 1))).toBe(true);
  lookAt(asked(mine, 1));
  stop();
  expect(localStorage.getItem(KEY)).toContain(theirs);
});

it("the oldest looks are forgotten", () => {
  const ids = Array.from({ length: 401 }, fresh);
  for (const id of ids) heardRest(asked(id, 1));
  expect(ids.filter((id) => !isUnread(asked(id, 1)))).toEqual([ids[0]]);
});

it.each(["not json", "null", '{"a":1}', '[["s",1,2],"x"]'])(
  "what it cannot read is as if nothing were there: %s",
  (text) => {
    const stop = subscribeToLooks(() => undefined);
    localStorage.setItem(KEY, text);
    dispatchEvent(new StorageEvent("storage", { key: KEY }));
    stop();
    expect(isUnread(asked("s", 1))).toBe(false);
  },
);

it("whoever signs in after somebody finds nothing of what that one looked at", () => {
  const id = fresh();
  lookAt(asked(id, 1));
  const listener = vi.fn();
  const stop = subscribeToLooks(listener);
  forgetLooks();
  expect(listener).toHaveBeenCalled();
  stop();
  expect(isUnread(asked(id, 2))).toBe(false);
  expect(localStorage.getItem(KEY)).toBeNull();
});
