/** What makes colours of code: fetched with the first block of code, each grammar with its first use. */
import type { Root } from "hast";
import { createLowlight } from "lowlight";

import { GRAMMARS, grammarOf } from "./languages";

const lowlight = createLowlight();

/** The name of the grammar for a language, ready to be used; null when there is none. */
export async function prepare(language: string): Promise<string | null> {
  const grammar = grammarOf(language);
  if (grammar === null || lowlight.registered(grammar)) return grammar;
  const module = await GRAMMARS[grammar]?.();
  if (module !== undefined) lowlight.register(grammar, module.default);
  return grammar;
}

export const highlight = (grammar: string, code: string): Root => lowlight.highlight(grammar, code);
