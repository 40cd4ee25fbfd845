/** What somebody presses as keys for a shortcut, and whose these are already. */
import { asSet, isApple, SHORTCUTS, type ShortcutName } from "@/components/shortcuts";
import type { Keys } from "@/storage/preferences";

import { GROUPS } from "./shortcut-groups";

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const MODIFIERS = ["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process"];
/** Alone they lead through every page, and write. */
const NEEDED = /^(Enter|Tab| |Backspace|Arrow.*|Home|End|PageUp|PageDown)$/;

/** "not yet" while only modifiers are held; "needed" for what the browser or every field needs. */
export function keysPressed(press: Press, apple = isApple): Keys | "not yet" | "needed" {
  if (MODIFIERS.includes(press.key)) return "not yet";
  const mod = apple ? press.metaKey : press.ctrlKey;
  const isOther = apple ? press.ctrlKey : press.metaKey;
  if (isOther || (!mod && !press.altKey && NEEDED.test(press.key))) return "needed";
  // With ⌥ Apple's keyboards write other characters: then the place of the key is what was meant.
  const letter = press.altKey ? /^Key([A-Z])$/.exec(press.code)?.[1] : undefined;
  const key = letter ?? press.key;
  const isSign = key.length === 1 && !/[a-z]/i.test(key); // its Shift is in it
  return {
    key: key.length === 1 ? key.toLowerCase() : key,
    ...(mod && { mod }),
    ...(press.shiftKey && !isSign && { shift: true }),
    ...(press.altKey && { alt: true }),
  };
}

/** Which other action has these keys. */
export function ownerOf(keys: Keys, but: ShortcutName): ShortcutName | undefined {
  return GROUPS.flatMap((group): readonly ShortcutName[] => group.names).find((name) => {
    const set = asSet(SHORTCUTS[name]);
    return name !== but && set !== null && isSame(set, keys);
  });
}

export const isSame = (one: Keys, other: Keys) =>
  one.key === other.key &&
  (one.mod ?? false) === (other.mod ?? false) &&
  (one.shift ?? false) === (other.shift ?? false) &&
  (one.alt ?? false) === (other.alt ?? false);
