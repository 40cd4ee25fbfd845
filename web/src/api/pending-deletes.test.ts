import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { aSession } from "@/testing/values";

import { ApiError } from "./errors";
import { PendingDeletes, UNDO_MS } from "./pending-deletes";

const A = aSession("a");
const B = aSession("b");

function deletes(refuse: Readonly<Record<string, number>> = {}) {
  const erased: string[] = [];
  const store = new PendingDeletes((session, isLeaving) => {
    erased.push(`${session.session_id}${isLeaving ? " on leaving" : ""}`);
    const status = refuse[session.session_id];
    return status === undefined ? Promise.resolve() : Promise.reject(new ApiError({ status }));
  });
  return { store, erased, pending: () => store.snapshot().pending.map((s) => s.session_id) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a deleted session", () => {
  it("is hidden at once, and gone from the server when the time to undo is over", async () => {
    const { store, erased, pending } = deletes();
    store.remove(A);
    expect(pending()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(erased).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(erased).toEqual(["a"]);
    expect(pending()).toEqual([]);
  });

  it("comes back when it is undone, and the server never hears of it", async () => {
    const { store, erased, pending } = deletes();
    store.remove(A);
    store.remove(B);
    store.undo("a");
    expect(pending()).toEqual(["b"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(erased).toEqual(["b"]);
  });

  it("is deleted on leaving the page, once", async () => {
    const { store, erased } = deletes();
    store.remove(A);
    store.flush();
    store.flush();
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(erased).toEqual(["a on leaving"]);
  });

  it("comes back with the reason when the server refuses", async () => {
    const { store, pending } = deletes({ a: 403 });
    store.remove(A);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(pending()).toEqual([]);
    expect(store.snapshot().failure).toMatchObject({ session: A, error: { status: 403 } });
    store.dismissFailure();
    expect(store.snapshot().failure).toBeNull();
  });

  it("is simply gone when somebody else was faster", async () => {
    const { store } = deletes({ a: 404 });
    store.remove(A);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.snapshot()).toEqual({ pending: [], failure: null });
  });
});
