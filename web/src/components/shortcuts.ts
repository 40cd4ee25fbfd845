/**
 * Every shortcut of the page, in one place: what listens, the tooltips and the help read it.
 *
 * Who wants other keys, or none, has them in `preferences().keys`; everything that is given a shortcut asks `asSet`.
 *
 * The rule it keeps: a key means the same everywhere; `mod` is ⌘ on Apple's machines and Ctrl on
 * all others; a single character works only outside of text fields, and not at all for who wants
 * none (`singleKeys`, WCAG 2.1.4).
 */
import { speech, t } from "@/i18n";
import { type Keys, preferences } from "@/storage/preferences";

export interface Shortcut extends Keys {
  /** Text fields have a meaning of their own for these keys. */
  readonly notTyping?: boolean;
  /** But for those in which nothing is written yet. */
  readonly inEmpty?: boolean;
}

/** The arrows along the line: where it runs from right to left, ← is the one that leads on. */
const BACK = "ArrowLeft";
const ON = "ArrowRight";

/** What a press of an arrow means in the line: 1 leads on, -1 back, 0 is none of both. */
export function alongLine(key: string): 1 | -1 | 0 {
  if (key !== BACK && key !== ON) return 0;
  return (key === ON) === (speech().direction === "ltr") ? 1 : -1;
}

/** The key that a shortcut means, in the direction of writing. */
function placed(key: string): string {
  const way = alongLine(key);
  return way === 0 ? key : way === 1 ? ON : BACK;
}

export const SHORTCUTS = {
  newSession: { key: "o", mod: true, shift: true },
  toggleSidebar: { key: "s", mod: true, shift: true },
  previousSession: { key: "ArrowUp", alt: true },
  nextSession: { key: "ArrowDown", alt: true },
  renameSession: { key: "F2" },
  deleteSession: { key: "Delete", notTyping: true },
  select: { key: " " },
  selectTo: { key: "ArrowDown", shift: true },
  selectAll: { key: "a", mod: true, notTyping: true },
  toggleInspector: { key: "i", alt: true },
  search: { key: "k", mod: true },
  find: { key: "f", mod: true },
  focusComposer: { key: "Escape", shift: true },
  undo: { key: "z", mod: true, notTyping: true, inEmpty: true },
  help: { key: "/", mod: true },
  helpCharacter: { key: "?" },
  send: { key: "Enter" },
  newLine: { key: "Enter", shift: true },
  stop: { key: "Escape" },
  commands: { key: "/" },
  copyCode: { key: ";", mod: true, shift: true },
  copyAnswer: { key: "y", mod: true, shift: true },
  firstTurn: { key: "Home", mod: true, notTyping: true, inEmpty: true },
  lastTurn: { key: "End", mod: true, notTyping: true, inEmpty: true },
  nextTurn: { key: "j" },
  previousTurn: { key: "k" },
  copyTurn: { key: "c" },
  retryTurn: { key: "r" },
  editTurn: { key: "e" },
  foldSteps: { key: "s" },
  approve: { key: "a" },
  deny: { key: "d" },
  previousBranch: { key: BACK },
  nextBranch: { key: ON },
} as const satisfies Record<string, Shortcut>;

export type ShortcutName = keyof typeof SHORTCUTS;

const NAME_OF = new Map<Shortcut, string>(
  Object.entries(SHORTCUTS).map(([name, it]) => [it, name]),
);

/** The keys that somebody wants for it; null where they want none. */
export function asSet(shortcut: Shortcut): Shortcut | null {
  const keys = preferences().keys[NAME_OF.get(shortcut) ?? ""];
  return keys ? { ...shortcut, ...NO_MODIFIERS, ...keys } : keys === null ? null : shortcut;
}

const NO_MODIFIERS = { mod: false, shift: false, alt: false };

export const isApple = /mac|iphone|ipad/i.test(navigator.userAgent);

const NAMES: Readonly<Record<string, () => string>> = {
  ArrowUp: () => "↑",
  ArrowDown: () => "↓",
  ArrowLeft: () => "←",
  ArrowRight: () => "→",
  " ": () => t("key.space"),
  Enter: () => t("key.enter"),
  Delete: () => t("key.delete"),
  Escape: () => "Esc",
};

/** The keys one by one, as they stand on the keyboard: `["Ctrl", "Shift", "O"]`. */
export function keysOf(shortcut: Shortcut, apple = isApple): string[] {
  const set = asSet(shortcut);
  if (set === null) return [];
  const { key, mod, shift, alt } = set;
  const label = NAMES[placed(key)]?.() ?? (key.length === 1 ? key.toUpperCase() : key);
  return [
    ...(mod === true ? [apple ? "⌘" : "Ctrl"] : []),
    ...(alt === true ? [apple ? "⌥" : "Alt"] : []),
    ...(shift === true ? [apple ? "⇧" : t("key.shift")] : []),
    label,
  ];
}

export const spokenKeys = (shortcut: Shortcut): string => keysOf(shortcut).join("+");

/** For `aria-keyshortcuts`. */
export function ariaKeys(shortcut: Shortcut, apple = isApple): string | undefined {
  const set = asSet(shortcut);
  if (set === null) return undefined;
  const { key, mod, shift, alt } = set;
  const modifiers = [
    ...(mod === true ? [apple ? "Meta" : "Control"] : []),
    ...(alt === true ? ["Alt"] : []),
    ...(shift === true ? ["Shift"] : []),
  ];
  return [...modifiers, key.length === 1 ? key.toUpperCase() : placed(key)].join("+");
}

export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey"> &
  Partial<Pick<KeyboardEvent, "code">>;

export function matches(press: KeyPress, shortcut: Shortcut, apple = isApple): boolean {
  const set = asSet(shortcut);
  if (set === null) return false;
  const { key, mod = false, shift, alt = false } = set;
  const modifier = apple ? press.metaKey : press.ctrlKey;
  const other = apple ? press.ctrlKey : press.metaKey;
  // On many keyboards "?" and "/" need Shift: a character that is there is what was meant.
  const shiftFits =
    shift !== true && /^[^a-z]$/.test(key) ? true : press.shiftKey === (shift ?? false);
  // With ⌥ Apple's keyboards write other characters: then the place of the key is what was meant.
  const isByPlace = alt && /^[a-z]$/.test(key) && press.code === `Key${key.toUpperCase()}`;
  return (
    (isByPlace || isKey(press.key, key)) &&
    modifier === mod &&
    !other &&
    shiftFits &&
    press.altKey === alt
  );
}

/** With Shift most keyboards write ":" where ";" stands. */
const isKey = (pressed: string, key: string) =>
  pressed.toLowerCase() === placed(key).toLowerCase() || (key === ";" && pressed === ":");

/** Is this press a character that somebody writes? */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export const isEmptyField = (target: EventTarget | null): boolean =>
  (target as Partial<HTMLTextAreaElement> | null)?.value === "";
