/** `t` for the trash, and of taking out and bringing in, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { keeping } from "./en/keeping";
import { speaker } from "./t";

export const t = speaker({ ...en, ...keeping });
