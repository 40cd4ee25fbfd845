/**
 * The language that the page speaks at the moment.
 *
 * The rule it keeps: there is one at any time, English until another has come whole. Whoever keeps
 * something that hangs on it makes that with `perSpeech`.
 */
import type { Entry } from "./messages";

export interface Speech {
  /** For `<html lang>`. */
  readonly tag: string;
  /** How numbers and dates are written: `en-GB` has days before months. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  /** What stands for an English entry. */
  readonly say: (key: string, english: Entry) => Entry;
}

/** A browser's own kind of a language, or just the language. */
export const kindOf = (language: string): string =>
  navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

export const ENGLISH: Speech = {
  tag: "en",
  locale: kindOf("en"),
  direction: "ltr",
  say: (_, english) => english,
};

let current = ENGLISH;

export const speech = (): Speech => current;

/** Speak so from now on. What is drawn already must be drawn again. */
export function speak(next: Speech): void {
  current = next;
  document.documentElement.lang = next.tag;
  document.documentElement.dir = next.direction;
}

/** Something that is made once for each language that is spoken. */
export function perSpeech<T>(make: (speech: Speech) => T): () => T {
  let made: { readonly of: Speech; readonly it: T } | null = null;
  return () => {
    if (made?.of !== current) made = { of: current, it: make(current) };
    return made.it;
  };
}
