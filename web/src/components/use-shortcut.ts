/** Does something when its keys are pressed, wherever the focus is. */
import { useEffect, useEffectEvent } from "react";

import { preferences } from "@/storage/preferences";

import { asSet, isEmptyField, isTyping, type KeyPress, matches, type Shortcut } from "./shortcuts";

/** A single character, by the keys that it has. */
function isSingle(shortcut: Shortcut): boolean {
  const { key = "", mod, alt } = asSet(shortcut) ?? {};
  return key.length === 1 && mod !== true && alt !== true;
}

/** Are these its keys, and does who pressed them want single characters to be such? */
export const isMeant = (press: KeyPress, shortcut: Shortcut): boolean =>
  matches(press, shortcut) && (preferences().singleKeys || !isSingle(shortcut));

/** What listens `on` the document is asked before what listens to the whole window. */
export function useShortcut(
  shortcut: Shortcut,
  action: () => void,
  enabled = true,
  on: Document | Window = window,
): void {
  const onPress = useEffectEvent((press: KeyboardEvent) => {
    if (!enabled || press.defaultPrevented || press.isComposing || !isMeant(press, shortcut))
      return;
    const isFree = shortcut.inEmpty === true && isEmptyField(press.target);
    if ((isSingle(shortcut) || shortcut.notTyping === true) && isTyping(press.target) && !isFree)
      return;
    press.preventDefault();
    action();
  });
  useEffect(() => {
    const listener = onPress as EventListener;
    on.addEventListener("keydown", listener);
    return () => on.removeEventListener("keydown", listener);
  }, [on]);
}
