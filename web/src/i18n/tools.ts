/**
 * `t` for those who speak of tools: it knows their words, too, which are not on the first screen.
 *
 * The rule it keeps: only what is loaded later imports this.
 */
import { en } from "./en";
import { tools } from "./en/tools";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...tools } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
