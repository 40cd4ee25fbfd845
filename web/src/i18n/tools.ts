/**
 * `t` for those who speak of tools: it knows their words, too, which are not on the first screen.
 *
 * The rule it keeps: only what is loaded later imports this.
 */
import { en } from "./en";
import { tools } from "./en/tools";
import { speaker } from "./t";

export const t = speaker({ ...en, ...tools });
