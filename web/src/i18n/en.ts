/**
 * The sentences of the first screens, in English. Those of others come with them: see `tools.ts`. A
 * new language has the same keys.
 */
import { chat } from "./en/chat";
import { core } from "./en/core";
import { shell } from "./en/shell";

export const en = { ...core, ...shell, ...chat } as const;
