/** `t` for signing in and accounts, as `tools.ts` is for tools. Only what is loaded later imports this. */
import { en } from "./en";
import { account } from "./en/account";
import { speaker } from "./t";

export const t = speaker({ ...en, ...account });
