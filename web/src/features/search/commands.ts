/** What can be done by name, and which of it some words ask for. */
import type { Shortcut } from "@/components/shortcuts";

export interface Command {
  readonly key: string;
  readonly label: string;
  /** Other words that people have for it. */
  readonly also?: string | undefined;
  readonly shortcut?: Shortcut | undefined;
  readonly run: () => void;
}

/**
 * The commands that have all words, each at the beginning of one of theirs; those that are called so before those
 * that might be. Without words, all.
 */
export function fitting(commands: readonly Command[], text: string): readonly Command[] {
  const wanted = wordsOf(text);
  const has = (said: string) => {
    const words = wordsOf(said);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
  const called = commands.filter(({ label }) => has(label));
  const meant = commands.filter(({ label, also = "" }) => has(`${label} ${also}`));
  return [...new Set([...called, ...meant])];
}

/** Accents are left to whoever likes them. */
const wordsOf = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
