/** `t` for the trash, and of taking out and bringing in, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { keeping } from "./en/keeping";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...keeping } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
