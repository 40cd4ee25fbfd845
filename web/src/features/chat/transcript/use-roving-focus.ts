/**
 * The keyboard within the transcript: one turn can be reached by Tab, J and K go on from there.
 *
 * The rule it keeps: single letters count only while a turn itself has the focus, never where
 * somebody types or uses what is within the turn, nor for who wants no such keys (WCAG 2.1.4).
 */
import { type FocusEvent, type KeyboardEvent, useState } from "react";

import { SHORTCUTS } from "@/components/shortcuts";
import { isMeant } from "@/components/use-shortcut";

interface Options {
  readonly count: number;
  /** Something else was pressed while a turn had the focus: does it mean something? */
  readonly onKey: (press: KeyboardEvent, index: number) => boolean;
  /** A turn got the focus, by whatever way. */
  readonly onFocus: (index: number) => void;
}

export function useRovingFocus({ count, onKey, onFocus }: Options) {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = count - 1;
  const focused = chosen === null || chosen > last ? last : chosen;

  const onFocusCapture = ({ target }: FocusEvent<HTMLElement>) => {
    const index = indexOf(target);
    if (index === null) return;
    setChosen(index);
    onFocus(index);
  };
  const onKeyDown = (press: KeyboardEvent<HTMLElement>) => {
    const index = press.target instanceof HTMLElement ? ownIndexOf(press.target) : null;
    if (index === null) return;
    if (isMeant(press, SHORTCUTS.nextTurn))
      focusTurn(press.currentTarget, Math.min(last, index + 1));
    else if (isMeant(press, SHORTCUTS.previousTurn))
      focusTurn(press.currentTarget, Math.max(0, index - 1));
    else if (isMeant(press, SHORTCUTS.foldSteps)) foldSteps(press.target as HTMLElement);
    else if (onKey(press, index)) press.preventDefault();
  };
  return { focused, onFocusCapture, onKeyDown };
}

/** Which turn the element lies in. */
function indexOf(element: Element): number | null {
  const index = element.closest<HTMLElement>("[data-index]")?.dataset.index;
  return index === undefined ? null : Number(index);
}

/** Which turn the element is. */
function ownIndexOf(element: HTMLElement): number | null {
  const { index } = element.dataset;
  return index === undefined ? null : Number(index);
}

/** The neighbours of the focused turn are always in the page: see `use-turn-list.ts`. */
function focusTurn(feed: HTMLElement, index: number): void {
  feed.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus();
}

/** The steps are folded by a button of their own: this one is pressed from afar. */
function foldSteps(turn: HTMLElement): void {
  turn.querySelector<HTMLElement>("[data-steps] > div > button")?.click();
}
