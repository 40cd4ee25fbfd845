/** `t` for messages that are not yet the server's, whose words come with what shows them, as `tools.ts` is for tools. */
import { en } from "./en";
import { outgoing } from "./en/outgoing";
import { speaker } from "./t";

export const t = speaker({ ...en, ...outgoing });
