/** Every sentence of the page, in English. A new language has the same keys. */
import { chat } from "./en/chat";
import { core } from "./en/core";
import { shell } from "./en/shell";
import { tools } from "./en/tools";

export const en = { ...core, ...shell, ...chat, ...tools } as const;
