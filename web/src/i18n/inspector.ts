/** `t` for the inspector, whose words come with it, as `tools.ts` is for tools. */
import { en } from "./en";
import { inspector } from "./en/inspector";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...inspector } as const;

export type Key = keyof typeof words;

export function t<K extends Key>(key: K, ...[values]: Arguments<(typeof words)[K]>): string {
  return fill(words[key], values ?? {});
}
