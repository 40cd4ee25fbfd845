/** `t("key", values)`: the sentence for a key. Keys and values are checked by the compiler. */
import { en } from "./en";
import { locale } from "./locale";
import type { Arguments, Entry } from "./messages";

export type Key = keyof typeof en;

const plural = new Intl.PluralRules(locale);
const number = new Intl.NumberFormat(locale);

export function t<K extends Key>(key: K, ...[values]: Arguments<(typeof en)[K]>): string {
  return fill(en[key], values ?? {});
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
