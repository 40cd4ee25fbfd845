/**
 * What a person prefers, kept in this browser and the same in all its tabs.
 *
 * The rule it keeps: a preference that cannot be read is its default. (The colour scheme is kept apart, by the theme:
 * it must be known before the first paint.)
 */
import { kept, parsed } from "./kept";

export interface Preferences {
  readonly density: "comfortable" | "compact";
  /** How wide a talk may be. */
  readonly chatWidth: "narrow" | "wide" | "full";
  /** How what a person says stands there. */
  readonly messages: "bubbles" | "flat";
  /** Code has the page's colours, is always dark, or has all the contrast there is. */
  readonly codeTheme: "page" | "dark" | "contrast";
  /** Enter sends and Shift+Enter breaks the line, or the other way round. */
  readonly enterSends: boolean;
  /** Single characters are shortcuts; by voice or with shaking hands they come by mistake. */
  readonly singleKeys: boolean;
  /** The browser tells when an answer is there and nobody looks. */
  readonly notifies: boolean;
  /** Screen readers are told an answer in full when it is there. */
  readonly readsAnswers: boolean;
  readonly sidebarOpen: boolean;
  readonly inspectorOpen: boolean;
  /** Whom `/` opens a session with. */
  readonly lastAgentId: string | null;
  /** The tag of the page's language; null is what the browser asks for. */
  readonly language: string | null;
  /** Shortcuts that have other keys than the usual ones, by their names; null is one that is switched off. */
  readonly keys: Readonly<Partial<Record<string, Keys | null>>>;
}

/** What is pressed for a shortcut. */
export interface Keys {
  /** As `KeyboardEvent.key` has it, letters in lower case. */
  readonly key: string;
  readonly mod?: boolean;
  readonly shift?: boolean;
  readonly alt?: boolean;
}

export const DEFAULTS: Preferences = {
  density: "comfortable",
  chatWidth: "narrow",
  messages: "bubbles",
  codeTheme: "page",
  enterSends: true,
  singleKeys: true,
  notifies: false,
  readsAnswers: false,
  sidebarOpen: true,
  inspectorOpen: false,
  lastAgentId: null,
  language: null,
  keys: {},
};

type IsValid = (value: unknown) => boolean;

const oneOf =
  (...all: readonly unknown[]): IsValid =>
  (value) =>
    all.includes(value);
const flag = oneOf(true, false);
const text: IsValid = (value) => typeof value === "string";

const VALID: Readonly<Partial<Record<string, IsValid>>> = {
  density: oneOf("comfortable", "compact"),
  chatWidth: oneOf("narrow", "wide", "full"),
  messages: oneOf("bubbles", "flat"),
  codeTheme: oneOf("page", "dark", "contrast"),
  enterSends: flag,
  singleKeys: flag,
  notifies: flag,
  readsAnswers: flag,
  sidebarOpen: flag,
  inspectorOpen: flag,
  lastAgentId: text,
  language: text,
  keys: (value) => typeof value === "object" && value !== null,
} satisfies Record<keyof Preferences, IsValid>;

const chosen = kept<Preferences>("tertulia-preferences", {
  read: (text) => ({ ...DEFAULTS, ...valid(Object(parsed(text)) as object) }),
  write: JSON.stringify,
});

export const preferences = chosen.get;
export const subscribeToPreferences = chosen.subscribe;

export function prefer(change: Partial<Preferences>): void {
  chosen.change((now) => ({ ...now, ...change }));
}

/** Only what is of the right kind: an older or newer page may have written something else. */
export function valid(stored: object): Partial<Preferences> {
  return Object.fromEntries(Object.entries(stored).filter(([key, value]) => VALID[key]?.(value)));
}
