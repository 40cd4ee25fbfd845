/**
 * Colours for code, made when the browser has nothing better to do.
 *
 * The rules it keeps: at most three blocks in one idle moment; what was coloured once is kept for
 * a while, so that scrolling back to it costs nothing.
 */
import type { Root } from "hast";

const PER_MOMENT = 3;
const KEPT = 100;

const coloured = new Map<string, Root>();
const waiting: (() => void)[] = [];

const keyOf = (code: string, language: string) => `${language}\n${code}`;

/** The colours of this code if they are known already. */
export function knownColours(code: string, language: string): Root | null {
  return coloured.get(keyOf(code, language)) ?? null;
}

/** The colours of this code; null when its language is not known. */
export async function colours(code: string, language: string): Promise<Root | null> {
  const engine = await import("./colour-engine");
  const grammar = await engine.prepare(language);
  if (grammar === null) return null;
  await idle();
  const root = knownColours(code, language) ?? engine.highlight(grammar, code);
  keep(keyOf(code, language), root);
  return root;
}

/** The newest come last; what was not asked for longest goes first. */
function keep(key: string, root: Root): void {
  coloured.delete(key);
  coloured.set(key, root);
  const [oldest] = coloured.keys();
  if (coloured.size > KEPT && oldest !== undefined) coloured.delete(oldest);
}

// Safari has no idle callback: a pause does as well.
const whenIdle = (work: () => void) =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(work) : setTimeout(work, 50);

function idle(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) whenIdle(serve);
  });
}

function serve(): void {
  for (const begin of waiting.splice(0, PER_MOMENT)) begin();
  if (waiting.length > 0) whenIdle(serve);
}
