import { afterEach, expect, it, vi } from "vitest";

import { prefer, preferences, subscribeToPreferences } from "./preferences";

const KEY = "tertulia-preferences";

afterEach(() => prefer({ density: "comfortable", enterSends: true, sidebarOpen: true }));

/** What another tab has written, as this one hears of it. */
function otherTabWrites(text: string): void {
  localStorage.setItem(KEY, text);
  dispatchEvent(new StorageEvent("storage", { key: KEY }));
}

it("keeps a preference in the browser and tells who listens", () => {
  const listener = vi.fn();
  const stop = subscribeToPreferences(listener);
  prefer({ density: "compact" });
  stop();
  expect(listener).toHaveBeenCalledOnce();
  expect(preferences().density).toBe("compact");
  expect(JSON.parse(localStorage.getItem(KEY)!)).toMatchObject({ density: "compact" });
});

it("hears what another tab prefers", () => {
  const stop = subscribeToPreferences(() => undefined);
  otherTabWrites('{"enterSends":false}');
  stop();
  expect(preferences().enterSends).toBe(false);
});

it.each(['{"density":"huge","enterSends":"yes"}', "not json", "null", "[1]"])(
  "takes the default for what it cannot read: %s",
  (text) => {
    const stop = subscribeToPreferences(() => undefined);
    otherTabWrites(text);
    stop();
    expect(preferences()).toMatchObject({ density: "comfortable", enterSends: true });
  },
);

it("holds a preference as long as the page when storage is closed", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  prefer({ sidebarOpen: false });
  expect(preferences().sidebarOpen).toBe(false);
});

it("leaves what another tab prefers as it is, though nobody listened to it", () => {
  prefer({ density: "compact" });
  localStorage.setItem(KEY, '{"density":"comfortable","chatWidth":"full"}');
  prefer({ sidebarOpen: true });
  expect(preferences()).toMatchObject({ density: "comfortable", chatWidth: "full" });
});

it("is as it was left when the page is loaded anew", async () => {
  localStorage.setItem(KEY, '{"density":"compact","chatWidth":"full","messages":"oval"}');
  vi.resetModules();
  const fresh = await import("./preferences");
  expect(fresh.preferences()).toMatchObject({
    density: "compact",
    chatWidth: "full",
    messages: "bubbles",
  });
});
