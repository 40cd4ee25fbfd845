/** `t("key", values)`: the sentence for a key. Keys and values are checked by the compiler. */
import { en } from "./en";
import type { files } from "./en/files";
import { locale } from "./locale";
import type { Arguments, Entry, Messages } from "./messages";

/** Those that every page has, and those that are fetched with what says them. */
type Words = typeof en & typeof files;
export type Key = keyof Words;

const words: Record<string, Entry> = { ...en };

/** Take sentences up that have been fetched. */
export function learn(more: Messages): void {
  Object.assign(words, more);
}

const plural = new Intl.PluralRules(locale);
const number = new Intl.NumberFormat(locale);

export function t<K extends Key>(key: K, ...[values]: Arguments<Words[K]>): string {
  const entry = words[key];
  if (entry === undefined) throw new Error(`the words for ${key} were not fetched`);
  return fill(entry, values ?? {});
}

/** The text of an entry with its gaps filled. Numbers are written as the locale writes them. */
export function fill(entry: Entry, values: Readonly<Record<string, string | number>>): string {
  return choose(entry, values).replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = values[name];
    if (value === undefined) return gap;
    return typeof value === "number" ? number.format(value) : value;
  });
}

function choose(entry: Entry, values: Readonly<Record<string, string | number>>): string {
  if (typeof entry === "string") return entry;
  const count = Number(values.count ?? 0);
  return (count === 0 ? entry.zero : undefined) ?? entry[plural.select(count)] ?? entry.other;
}
