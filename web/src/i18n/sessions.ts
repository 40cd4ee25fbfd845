/** `t` for what can be done with sessions, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { sessions } from "./en/sessions";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...sessions } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
