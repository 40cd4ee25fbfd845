/** Does something when its keys are pressed, wherever the focus is. */
import { useEffect, useEffectEvent } from "react";

import { preferences } from "@/storage/preferences";

import { isEmptyField, isTyping, matches, type Shortcut } from "./shortcuts";

const isSingle = ({ key, mod, alt }: Shortcut) => key.length === 1 && mod !== true && alt !== true;

/** What listens `on` the document is asked before what listens to the whole window. */
export function useShortcut(
  shortcut: Shortcut,
  action: () => void,
  enabled = true,
  on: Document | Window = window,
): void {
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
    const listener = onPress as EventListener;
    on.addEventListener("keydown", listener);
    return () => on.removeEventListener("keydown", listener);
  }, [on]);
}
