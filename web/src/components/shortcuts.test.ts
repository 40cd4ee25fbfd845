import { describe, expect, it } from "vitest";

import { ariaKeys, keysOf, matches, SHORTCUTS } from "./shortcuts";

const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe("a shortcut", () => {
  it("is Ctrl here and ⌘ on Apple's machines", () => {
    const control = press("O", { ctrlKey: true, shiftKey: true });
    const command = press("o", { metaKey: true, shiftKey: true });
    expect(matches(control, SHORTCUTS.newSession, false)).toBe(true);
    expect(matches(command, SHORTCUTS.newSession, false)).toBe(false);
    expect(matches(command, SHORTCUTS.newSession, true)).toBe(true);
    expect(matches(control, SHORTCUTS.newSession, true)).toBe(false);
  });

  it("is not another one with a key more", () => {
    expect(matches(press("Enter"), SHORTCUTS.send, false)).toBe(true);
    expect(matches(press("Enter", { shiftKey: true }), SHORTCUTS.send, false)).toBe(false);
    expect(matches(press("Enter", { ctrlKey: true }), SHORTCUTS.send, false)).toBe(false);
    expect(matches(press("ArrowUp"), SHORTCUTS.previousSession, false)).toBe(false);
  });

  it("is found on keyboards that need Shift for its character", () => {
    expect(matches(press("?", { shiftKey: true }), SHORTCUTS.helpCharacter, false)).toBe(true);
    expect(matches(press("/", { ctrlKey: true, shiftKey: true }), SHORTCUTS.help, false)).toBe(
      true,
    );
  });

  it("is written as it stands on the keyboard", () => {
    expect(keysOf(SHORTCUTS.newSession, false)).toEqual(["Ctrl", "Shift", "O"]);
    expect(keysOf(SHORTCUTS.newSession, true)).toEqual(["⌘", "⇧", "O"]);
    expect(keysOf(SHORTCUTS.nextSession, false)).toEqual(["Alt", "↓"]);
  });

  it("is told to screen readers by the standard's names", () => {
    expect(ariaKeys(SHORTCUTS.toggleSidebar, false)).toBe("Control+Shift+S");
    expect(ariaKeys(SHORTCUTS.toggleSidebar, true)).toBe("Meta+Shift+S");
  });

  it("has keys of its own", () => {
    const all = Object.values(SHORTCUTS).map((shortcut) => keysOf(shortcut, false).join("+"));
    expect(new Set(all).size).toBe(all.length);
  });
});
