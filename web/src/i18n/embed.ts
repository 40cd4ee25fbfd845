/** `t` for a talk in a frame, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { embed } from "./en/embed";
import type { Arguments } from "./messages";
import { fill } from "./t";

const words = { ...en, ...embed } as const;

export function t<K extends keyof typeof words>(
  key: K,
  ...[values]: Arguments<(typeof words)[K]>
): string {
  return fill(words[key], values ?? {});
}
