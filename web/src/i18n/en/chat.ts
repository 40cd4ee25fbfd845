/** Words of the conversation: turns, steps, composer. */
import type { Messages } from "../messages";

export const chat = {} as const satisfies Messages;
