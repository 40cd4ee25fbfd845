/** Words of the app's frame: sessions, agents, settings. */
import type { Messages } from "../messages";

export const shell = {} as const satisfies Messages;
