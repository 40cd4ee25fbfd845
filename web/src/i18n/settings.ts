/** `t` for the pages of settings, as `tools.ts` is for tools. Only what is loaded with them imports this. */
import { en } from "./en";
import { lost } from "./en/lost";
import { settings } from "./en/settings";
import { tools } from "./en/tools";
import { speaker } from "./t";

export const t = speaker({ ...en, ...lost, ...settings, ...tools });
