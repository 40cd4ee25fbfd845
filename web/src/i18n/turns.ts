/** `t` for the steps of turns, how they end and what they take, as `tools.ts` is for tools. */
import { en } from "./en";
import { turns } from "./en/turns";
import { speaker } from "./t";

const words = { ...en, ...turns };

export type Key = keyof typeof words;

export const t = speaker(words);
