import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";

import { keysOf, matches, SHORTCUTS } from "@/components/shortcuts";
import { prefer, preferences } from "@/storage/preferences";
import { violations } from "@/testing/axe";
import { renderPage } from "@/testing/render-page";

import { KeyboardPage } from "./keyboard-page";
import { keysPressed } from "./pressed-keys";

afterEach(() => act(() => prefer({ keys: {} })));

const row = (name: string) => within(screen.getByText(name).closest("li")!);
const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  code: "",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

it("gives an action the keys that are pressed for it, and the usual ones again", async () => {
  const { user } = renderPage(<KeyboardPage />);
  const search = row("Search sessions and commands");
  await user.click(search.getByRole("button", { name: /^Change the keys/ }));
  await user.keyboard("{Alt>}p{/Alt}");
  expect(preferences().keys).toEqual({ search: { key: "p", alt: true } });
  expect(keysOf(SHORTCUTS.search, false)).toEqual(["Alt", "P"]);
  expect(matches(press("k", { ctrlKey: true }), SHORTCUTS.search, false)).toBe(false);
  expect(matches(press("p", { altKey: true }), SHORTCUTS.search, false)).toBe(true);
  await user.click(search.getByRole("button", { name: /^Reset/ }));
  expect(matches(press("k", { ctrlKey: true }), SHORTCUTS.search, false)).toBe(true);
});

it("names the action whose keys they are, and takes them only when told to", async () => {
  const { user } = renderPage(<KeyboardPage />);
  const next = row("Next turn");
  await user.click(next.getByRole("button", { name: /^Change the keys/ }));
  await user.keyboard("k");
  expect(next.getByRole("status")).toHaveTextContent("Previous turn");
  expect(preferences().keys).toEqual({});
  await user.click(next.getByRole("button", { name: "Use them here instead" }));
  expect(preferences().keys).toEqual({ nextTurn: { key: "k" }, previousTurn: null });
  expect(row("Previous turn").getByText("Off")).toBeVisible();
});

it("switches an action off and on, and resets all", async () => {
  const { user } = renderPage(<KeyboardPage />);
  await user.click(screen.getByRole("button", { name: "Switch off: New session" }));
  expect(matches(press("o", { ctrlKey: true, shiftKey: true }), SHORTCUTS.newSession, false)).toBe(
    false,
  );
  await user.click(screen.getByRole("button", { name: "Switch on: New session" }));
  expect(preferences().keys).toEqual({});
  act(() => prefer({ keys: { search: null, help: { key: "h", alt: true } } }));
  await user.click(screen.getByRole("button", { name: "Reset all" }));
  expect(preferences().keys).toEqual({});
});

it("leaves what the browser needs, and gives up with Escape", async () => {
  const { user } = renderPage(<KeyboardPage />);
  const help = row("This list");
  await user.click(help.getByRole("button", { name: /^Change the keys/ }));
  fireEvent.keyDown(document.activeElement!, { key: "Enter" });
  expect(help.getByRole("alert")).toHaveTextContent("needed");
  await user.keyboard("{Escape}");
  expect(preferences().keys).toEqual({});
  expect(help.queryByRole("alert")).toBeNull();
});

it("reads keys as they are meant", () => {
  expect(keysPressed(press("Shift", { shiftKey: true }), false)).toBe("not yet");
  expect(keysPressed(press("?", { shiftKey: true }), false)).toEqual({ key: "?" });
  expect(keysPressed(press("P", { metaKey: true, shiftKey: true }), true)).toEqual({
    key: "p",
    mod: true,
    shift: true,
  });
  expect(keysPressed(press("π", { altKey: true, code: "KeyP" }), true)).toEqual({
    key: "p",
    alt: true,
  });
});

it("has nothing that axe objects to", async () => {
  renderPage(
    <main>
      <KeyboardPage />
    </main>,
  );
  expect(await violations()).toEqual([]);
});
