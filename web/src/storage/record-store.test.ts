import { afterEach, describe, expect, it, vi } from "vitest";

import { openRecords } from "./record-store";

interface Note {
  readonly text: string;
}

const store = openRecords<Note>("drafts");

afterEach(async () => {
  vi.restoreAllMocks();
  for (const key of ["a", "b"]) await store.delete(key);
});

describe("records", () => {
  it("are there for whoever opens the store again", async () => {
    await store.put("a", { text: "one" });
    expect(await openRecords<Note>("drafts").get("a")).toEqual({ text: "one" });
  });

  it("come in the order of their keys", async () => {
    await store.put("b", { text: "two" });
    await store.put("a", { text: "one" });
    expect(await store.all()).toEqual([{ text: "one" }, { text: "two" }]);
  });

  it("are replaced and deleted by their key", async () => {
    await store.put("a", { text: "one" });
    await store.put("a", { text: "two" });
    expect(await store.get("a")).toEqual({ text: "two" });
    await store.delete("a");
    expect(await store.get("a")).toBeUndefined();
  });

  it("of one kind are not those of another", async () => {
    await store.put("a", { text: "one" });
    expect(await openRecords("outbox").all()).toEqual([]);
  });
});

it("records are kept also when the browser has closed its store under the page", async () => {
  const asked = vi.spyOn(IDBDatabase.prototype, "transaction");
  await store.put("a", { text: "one" });
  const [database] = asked.mock.contexts as IDBDatabase[];
  database?.close();
  database?.onclose?.(new Event("close"));
  await store.put("b", { text: "two" });
  expect(store.isDurable()).toBe(true);
  expect(await store.all()).toEqual([{ text: "one" }, { text: "two" }]);
});

describe("where the browser keeps nothing", () => {
  function full() {
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    return openRecords<Note>("drafts");
  }

  it("records live as long as the page, and it is said", async () => {
    const notes = full();
    await notes.put("a", { text: "one" });
    expect(await notes.get("a")).toEqual({ text: "one" });
    expect(await notes.all()).toEqual([{ text: "one" }]);
    expect(notes.isDurable()).toBe(false);
    await notes.delete("a");
    expect(await notes.get("a")).toBeUndefined();
    expect(notes.isDurable()).toBe(true);
  });

  it("a record is kept as soon as there is room for it", async () => {
    const notes = full();
    await notes.put("a", { text: "one" });
    vi.restoreAllMocks();
    await notes.put("a", { text: "two" });
    expect(notes.isDurable()).toBe(true);
    expect(await store.get("a")).toEqual({ text: "two" });
  });

  it("what was kept before does not come back", async () => {
    await store.put("a", { text: "old" });
    const notes = full();
    await notes.put("a", { text: "new" });
    expect(await notes.all()).toEqual([{ text: "new" }]);
  });
});
