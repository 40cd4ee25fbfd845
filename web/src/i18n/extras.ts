/**
 * `t` for what few talks have, as `files.ts` is for files.
 *
 * The rule it keeps: only what is loaded later imports this.
 */
import { en } from "./en";
import { extras } from "./en/extras";
import { speaker } from "./t";

export const t = speaker({ ...en, ...extras });
