/** `t` for links to sessions, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { shares } from "./en/shares";
import { speaker } from "./t";

export const t = speaker({ ...en, ...shares });
