/** `t` for the search, whose words come with it, as `tools.ts` is for tools. */
import { en } from "./en";
import { search } from "./en/search";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...search } as const;

export type Key = keyof typeof words;

export function t<K extends Key>(key: K, ...[values]: Arguments<(typeof words)[K]>): string {
  return fill(words[key], values ?? {});
}
