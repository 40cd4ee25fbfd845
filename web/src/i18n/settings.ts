/** `t` for the pages of settings, as `tools.ts` is for tools. Only what is loaded with them imports this. */
import { en } from "./en";
import { settings } from "./en/settings";
import { tools } from "./en/tools";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...tools, ...settings } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
