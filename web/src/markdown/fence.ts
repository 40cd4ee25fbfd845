/** Fenced code, as lines: where it begins, whether it has ended, what is in it. */

export interface Fence {
  readonly language: string;
  readonly code: string;
  readonly isClosed: boolean;
}

const OPENING = /^(?:`{3,}(?=[^`]*$)|~{3,})/;

/** The fenced code that a block is, or null: then it is something else, or more than that. */
export function fenceOf(block: string): Fence | null {
  const firstEnd = block.indexOf("\n");
  if (firstEnd === -1) return null;
  const first = block.slice(0, firstEnd).trimEnd();
  const marks = OPENING.exec(first)?.[0];
  if (marks === undefined) return null;
  const language = languageOf(first.slice(marks.length));
  const code = block.slice(firstEnd + 1);
  const closing = closingOf(marks).exec(code);
  if (closing === null) return { language, code, isClosed: false };
  const after = code.slice(closing.index + closing[0].length);
  if (after.trim() !== "") return null;
  return { language, code: code.slice(0, closing.index), isClosed: true };
}

/** Is this block fenced code whose end has not come yet? */
export function isOpenFence(block: string): boolean {
  return fenceOf(block)?.isClosed === false;
}

const closingOf = (marks: string) =>
  new RegExp(`^ {0,3}${marks.charAt(0)}{${String(marks.length)},}[ \\t]*$`, "m");

/** The first word of the line that opens a fence. */
function languageOf(info: string): string {
  return info.trim().split(/\s+/, 1)[0] ?? "";
}
