import { act, renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";

import { draftKey, moveDraft, readDraft, useDraft, writeDraft } from "./draft";

const KEY = draftKey("a1", "s1");
const NEW = draftKey("a1", null);

afterEach(async () => {
  await writeDraft(KEY, "");
  await writeDraft(NEW, "");
});

async function drafting(key = KEY) {
  const hook = renderHook(({ at }) => useDraft(at), { initialProps: { at: key } });
  await expect.poll(() => hook.result.current.isLoaded).toBe(true);
  return hook;
}

describe("a draft", () => {
  it("is there again after a reload", async () => {
    const { result, unmount } = await drafting();
    act(() => result.current.setText("Half a thou"));
    await expect.poll(() => readDraft(KEY)).toBe("Half a thou");
    unmount();
    expect((await drafting()).result.current.text).toBe("Half a thou");
  });

  it("is kept at once when the page goes", async () => {
    const { result } = await drafting();
    act(() => result.current.setText("Half a thou"));
    dispatchEvent(new Event("pagehide"));
    await expect.poll(() => readDraft(KEY), { timeout: 100 }).toBe("Half a thou");
  });

  it("is kept at once when its session is left, and is not seen in another", async () => {
    const { result, rerender } = await drafting();
    act(() => result.current.setText("Half a thou"));
    rerender({ at: NEW });
    expect(result.current.text).toBe("");
    await expect.poll(() => readDraft(KEY), { timeout: 100 }).toBe("Half a thou");
    await expect.poll(() => result.current.isLoaded).toBe(true);
    expect(result.current.text).toBe("");
    rerender({ at: KEY });
    await expect.poll(() => result.current.text).toBe("Half a thou");
  });

  it("that was kept does not overwrite what is typed before it is read", async () => {
    await writeDraft(KEY, "old");
    const { result } = renderHook(() => useDraft(KEY));
    act(() => result.current.setText("new"));
    await expect.poll(() => result.current.isLoaded).toBe(true);
    expect(result.current.text).toBe("new");
  });

  it("is gone once it is cleared", async () => {
    await writeDraft(KEY, "old");
    const { result } = await drafting();
    expect(result.current.text).toBe("old");
    act(() => result.current.clear());
    expect(result.current.text).toBe("");
    await expect.poll(() => readDraft(KEY)).toBe("");
  });

  it("can be taken along to another session", async () => {
    await writeDraft(KEY, "words");
    await moveDraft(KEY, NEW);
    expect([await readDraft(KEY), await readDraft(NEW)]).toEqual(["", "words"]);
  });
});
