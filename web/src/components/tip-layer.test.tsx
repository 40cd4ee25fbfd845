import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ActionButton } from "./action-button";
import { SHORTCUTS } from "./shortcuts";
import { TipLayer } from "./tip-layer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TIP = "New session (Ctrl+Shift+O)";

function Page({ hasButton = true }) {
  return (
    <>
      {hasButton && <ActionButton label="New session" icon="+" shortcut={SHORTCUTS.newSession} />}
      <TipLayer />
    </>
  );
}

function rest() {
  const { rerender } = render(<Page />);
  const button = screen.getByRole("button", { name: "New session" });
  fireEvent.pointerOver(button);
  return { button, removeButton: () => rerender(<Page hasButton={false} />) };
}

function pass(ms: number): void {
  act(() => void vi.advanceTimersByTime(ms));
}

it("shows what a button does and its keys once the pointer rests on it", () => {
  rest();
  pass(400);
  expect(screen.queryByText(TIP)).toBeNull();
  pass(200);
  expect(screen.getByText(TIP)).toBeVisible();
});

it("says nothing to screen readers that the button does not say itself", () => {
  const { button } = rest();
  pass(600);
  expect(screen.getByText(TIP)).toHaveAttribute("aria-hidden", "true");
  expect(button).toHaveAttribute("aria-keyshortcuts", "Control+Shift+O");
});

it.each([
  ["Escape", () => fireEvent.keyDown(document.body, { key: "Escape" })],
  ["a press", () => fireEvent.pointerDown(document.body)],
  ["the pointer elsewhere", () => fireEvent.pointerOver(document.body)],
  ["scrolling", () => fireEvent.scroll(document.body)],
])("is sent away by %s", (_, leave) => {
  rest();
  pass(600);
  leave();
  expect(screen.queryByText(TIP)).toBeNull();
});

it("does not come for a button that is gone", () => {
  const { removeButton } = rest();
  removeButton();
  pass(600);
  expect(screen.queryByText(TIP)).toBeNull();
});
