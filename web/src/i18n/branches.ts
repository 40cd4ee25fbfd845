/** `t` for what is done with turns now and then, as `tools.ts` is for tools. */
import { en } from "./en";
import { branches } from "./en/branches";
import { speaker } from "./t";

export const t = speaker({ ...en, ...branches });
