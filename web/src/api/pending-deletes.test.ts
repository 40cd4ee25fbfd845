import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { aSession } from "@/testing/values";

import { ApiError } from "./errors";
import { PendingDeletes, type Removal, UNDO_MS } from "./pending-deletes";
import type { Session } from "./types";

const A = aSession("a");
const B = aSession("b");

function deletes(refuse: Readonly<Record<string, number>> = {}) {
  const erased: string[] = [];
  const store = new PendingDeletes();
  const names = (removal: Removal) => removal.map((session) => session.session_id).join("+");
  const remove = (...removal: Session[]) => {
    store.remove(removal, (sessions, isLeaving) => {
      erased.push(`${names(sessions)}${isLeaving ? " on leaving" : ""}`);
      const status = refuse[names(sessions)];
      return status === undefined ? Promise.resolve() : Promise.reject(new ApiError({ status }));
    });
    return removal;
  };
  return { store, erased, remove, pending: () => store.snapshot().pending.map(names) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a deleted session", () => {
  it("is hidden at once, and gone from the server when the time to undo is over", async () => {
    const { erased, remove, pending } = deletes();
    remove(A);
    expect(pending()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(erased).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(erased).toEqual(["a"]);
    expect(pending()).toEqual([]);
  });

  it("comes back when it is undone, and the server never hears of it", async () => {
    const { store, erased, remove, pending } = deletes();
    const removal = remove(A);
    remove(B);
    store.undo(removal);
    expect(pending()).toEqual(["b"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(erased).toEqual(["b"]);
  });

  it("is deleted on leaving the page, once", async () => {
    const { store, erased, remove } = deletes();
    remove(A);
    store.flush();
    store.flush();
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(erased).toEqual(["a on leaving"]);
  });

  it("comes back with the reason when the server refuses", async () => {
    const { store, remove, pending } = deletes({ a: 403 });
    remove(A);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(pending()).toEqual([]);
    expect(store.snapshot().failure).toMatchObject({ removal: [A], error: { status: 403 } });
    store.dismissFailure();
    expect(store.snapshot().failure).toBeNull();
  });

  it("is simply gone when somebody else was faster", async () => {
    const { store, remove } = deletes({ a: 404 });
    remove(A);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(store.snapshot()).toEqual({ pending: [], failure: null });
  });

  it("comes back together with those that were deleted together", async () => {
    const { store, erased, remove, pending } = deletes();
    const both = remove(A, B);
    remove(B);
    expect(pending()).toEqual(["a+b"]);
    store.undo(both);
    expect(pending()).toEqual([]);
    remove(A, B);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    expect(erased).toEqual(["a+b"]);
  });
});
