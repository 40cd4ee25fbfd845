import { act, renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { draftKey, moveDraft, NOTHING, readDraft, useDraft, writeDraft } from "./draft";
import { openRecords } from "./record-store";

const KEY = draftKey("a1", "s1");
const NEW = draftKey("a1", null);

/** Let the moment after the last key never pass: what is kept all the same was kept at once. */
const stopClock = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

afterEach(async () => {
  vi.useRealTimers();
  await writeDraft(KEY, NOTHING);
  await writeDraft(NEW, NOTHING);
});

const words = (text: string) => ({ text, files: [] });

async function drafting(key = KEY) {
  const hook = renderHook(({ at }) => useDraft(at), { initialProps: { at: key } });
  await expect.poll(() => hook.result.current.isLoaded).toBe(true);
  return hook;
}

describe("a draft", () => {
  it("is there again after a reload", async () => {
    const { result, unmount } = await drafting();
    act(() => result.current.change({ text: "Half a thou" }));
    await expect.poll(() => readDraft(KEY)).toEqual(words("Half a thou"));
    unmount();
    expect((await drafting()).result.current.text).toBe("Half a thou");
  });

  it("is kept at once when the page goes", async () => {
    const { result } = await drafting();
    stopClock();
    act(() => result.current.change({ text: "Half a thou" }));
    dispatchEvent(new Event("pagehide"));
    await expect.poll(() => readDraft(KEY)).toEqual(words("Half a thou"));
  });

  it("is kept at once when its session is left, and is not seen in another", async () => {
    const { result, rerender } = await drafting();
    stopClock();
    act(() => result.current.change({ text: "Half a thou" }));
    rerender({ at: NEW });
    expect(result.current.text).toBe("");
    await expect.poll(() => readDraft(KEY)).toEqual(words("Half a thou"));
    await expect.poll(() => result.current.isLoaded).toBe(true);
    expect(result.current.text).toBe("");
    rerender({ at: KEY });
    await expect.poll(() => result.current.text).toBe("Half a thou");
  });

  it("that was kept does not overwrite what is typed before it is read", async () => {
    await writeDraft(KEY, words("old"));
    const { result } = renderHook(() => useDraft(KEY));
    act(() => result.current.change({ text: "new" }));
    await expect.poll(() => result.current.isLoaded).toBe(true);
    expect(result.current.text).toBe("new");
  });

  it("is gone once it is cleared", async () => {
    await writeDraft(KEY, words("old"));
    const { result } = await drafting();
    expect(result.current.text).toBe("old");
    act(() => result.current.change(NOTHING));
    expect(result.current.text).toBe("");
    await expect.poll(() => readDraft(KEY)).toEqual(NOTHING);
  });

  it("can be taken along to another session", async () => {
    await writeDraft(KEY, { text: "words", files: ["f1"] });
    await moveDraft(KEY, NEW);
    expect([await readDraft(KEY), await readDraft(NEW)]).toEqual([
      NOTHING,
      { text: "words", files: ["f1"] },
    ]);
  });

  it("has its files again, and those that were added before they had been read", async () => {
    await writeDraft(KEY, { text: "old", files: ["f1"] });
    const { result } = renderHook(() => useDraft(KEY));
    act(() => result.current.change({ files: ["f2"] }));
    await expect.poll(() => result.current.isLoaded).toBe(true);
    expect(result.current).toMatchObject({ text: "old", files: ["f1", "f2"] });
  });

  it("of a page that knew no files is read", async () => {
    await openRecords<string>("drafts").put(KEY, "old");
    expect(await readDraft(KEY)).toEqual(words("old"));
  });
});
