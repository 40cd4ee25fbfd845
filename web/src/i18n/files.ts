/**
 * `t` for those who speak of files: it knows their words, too, which are not on the first screen.
 *
 * The rule it keeps: only what is loaded later imports this.
 */
import { en } from "./en";
import { files } from "./en/files";
import { speaker } from "./t";

export const t = speaker({ ...en, ...files });
