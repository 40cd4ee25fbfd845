/** `t` for what is done with turns now and then, as `tools.ts` is for tools. */
import { en } from "./en";
import { branches } from "./en/branches";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...branches } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
