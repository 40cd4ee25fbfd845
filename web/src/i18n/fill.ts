/** Makes a sentence of an entry: chooses its plural, and fills its gaps. */
import type { Entry } from "./messages";
import { perSpeech } from "./speech";

const plural = perSpeech(({ locale }) => new Intl.PluralRules(locale));
const number = perSpeech(({ locale }) => new Intl.NumberFormat(locale));

type Given = Readonly<Record<string, string | number>>;

/** The text of an entry with its gaps filled. Numbers are written as the locale writes them. */
export function fill(entry: Entry, values: Given): string {
  return choose(entry, values).replace(/\{(\w+)\}/g, (gap, name: string) => {
    const value = values[name];
    if (value === undefined) return gap;
    return typeof value === "number" ? number().format(value) : value;
  });
}

function choose(entry: Entry, values: Given): string {
  if (typeof entry === "string") return entry;
  const count = Number(values.count ?? 0);
  return (count === 0 ? entry.zero : undefined) ?? entry[plural().select(count)] ?? entry.other;
}
