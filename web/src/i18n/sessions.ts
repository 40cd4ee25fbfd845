/** `t` for what can be done with sessions, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { sessions } from "./en/sessions";
import { speaker } from "./t";

export const t = speaker({ ...en, ...sessions });
