/**
 * `t` for those who speak of files: it knows their words, too, which are not on the first screen.
 *
 * The rule it keeps: only what is loaded later imports this.
 */
import { en } from "./en";
import { files } from "./en/files";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...files } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
