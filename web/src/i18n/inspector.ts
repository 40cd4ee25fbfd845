/** `t` for the inspector, as `files.ts` is for files. Only what is loaded later imports this. */
import { en } from "./en";
import { inspector } from "./en/inspector";
import { turns } from "./en/turns";
import { speaker } from "./t";

const words = { ...en, ...turns, ...inspector };

export type Key = keyof typeof words;

export const t = speaker(words);
