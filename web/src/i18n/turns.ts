/** `t` for how turns end and what they take, as `tools.ts` is for tools. */
import { en } from "./en";
import { turns } from "./en/turns";
import { speaker } from "./t";

export const t = speaker({ ...en, ...turns });
