/** Does something when its keys are pressed, wherever the focus is. */
import { useEffect, useEffectEvent } from "react";

import { isTyping, matches, type Shortcut } from "./shortcuts";

const yieldsToTyping = ({ key, mod, alt, notTyping }: Shortcut) =>
  notTyping === true || (key.length === 1 && mod !== true && alt !== true);

export function useShortcut(shortcut: Shortcut, action: () => void, enabled = true): void {
  const onPress = useEffectEvent((press: KeyboardEvent) => {
    if (!enabled || press.defaultPrevented || press.isComposing || !matches(press, shortcut))
      return;
    if (yieldsToTyping(shortcut) && isTyping(press.target)) return;
    press.preventDefault();
    action();
  });
  useEffect(() => {
    window.addEventListener("keydown", onPress);
    return () => window.removeEventListener("keydown", onPress);
  }, []);
}
