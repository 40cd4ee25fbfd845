/** `t` for the search, whose words come with it, as `tools.ts` is for tools. */
import { en } from "./en";
import { search } from "./en/search";
import { speaker } from "./t";

export const t = speaker({ ...en, ...search });
