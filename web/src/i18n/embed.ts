/** `t` for a talk in a frame, as `files.ts` is for files. Only what is loaded later imports this. */
import { en } from "./en";
import { embed } from "./en/embed";
import { speaker } from "./t";

export const t = speaker({ ...en, ...embed });
