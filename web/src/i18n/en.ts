/** Every sentence of the page, in English. A new language has the same keys. */
import { chat } from "./en/chat";
import { core } from "./en/core";
import { shell } from "./en/shell";

export const en = { ...core, ...shell, ...chat } as const;
