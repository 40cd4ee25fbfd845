/** `t` for the places where nothing is, as `tools.ts` is for tools. */
import { en } from "./en";
import { lost } from "./en/lost";
import { speaker } from "./t";

export const t = speaker({ ...en, ...lost });
