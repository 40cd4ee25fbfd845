/** Does something when its keys are pressed, wherever the focus is. */
import { useEffect, useEffectEvent } from "react";

import { preferences } from "@/storage/preferences";

import { isEmptyField, isTyping, matches, type Shortcut } from "./shortcuts";

const isSingle = ({ key, mod, alt }: Shortcut) => key.length === 1 && mod !== true && alt !== true;

export function useShortcut(shortcut: Shortcut, action: () => void, enabled = true): void {
  const onPress = useEffectEvent((press: KeyboardEvent) => {
    if (!enabled || press.defaultPrevented || press.isComposing || !matches(press, shortcut))
      return;
    const single = isSingle(shortcut);
    const isFree = shortcut.inEmpty === true && isEmptyField(press.target);
    if ((single || shortcut.notTyping === true) && isTyping(press.target) && !isFree) return;
    if (single && !preferences().singleKeys) return;
    press.preventDefault();
    action();
  });
  useEffect(() => {
    window.addEventListener("keydown", onPress);
    return () => window.removeEventListener("keydown", onPress);
  }, []);
}
