/**
 * Math in a text, hidden from the parser of markdown: `x_1 * y_2` within it is no emphasis, and a line that begins
 * with `+` no list. Each formula is replaced by as many signs that mean nothing as it is long, so that every place in
 * the text stays where it is; the tree then gets it back (`show-math.ts`).
 *
 * The rules it keeps: `$5 and $10` are prices; what is between single signs ends on its line; what is between `$$` or
 * `\[ \]` may go over lines when it begins one, and ends before a blank line; code is code. What is very long is none, so
 * that no text costs more than its length times a constant.
 */
export interface Formula {
  readonly start: number;
  /** As it is written, signs and all. */
  readonly source: string;
  readonly tex: string;
  readonly isDisplay: boolean;
  /** Its end has not come: it is shown as it is written. */
  readonly isOpen: boolean;
}

export interface Hidden {
  /** As long as the text itself. */
  readonly text: string;
  readonly formulas: readonly Formula[];
}

/** Of the private use area: a text that has it is left alone. */
export const HIDING = "\uE000";

const SIGN = /\$|\\[([]/g;
/** Nobody writes more of them into one block; looking for the end of each would take long. */
const MOST_SIGNS = 4000;
/** What may stand before the first word of a block: indentation, quotes, items of lists. */
const LEAD = String.raw`[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*`;
const BODY = String.raw`(?:(?!\n[ \t>]*\n)[^]){1,2000}?`;

/** Code and escapes first, as they hide what would be a sign; then formulas, the longest signs first. */
const TOKEN = new RegExp(
  [
    String.raw`^${LEAD}(?<fence>\x60{3,}(?=[^\x60\n]*$)|~{3,})[^\n]*(?:\n[^]*?(?:^[ \t>]*\k<fence>[\x60~]*[ \t]*$|(?![^]))|$)`,
    String.raw`(?<!\x60)(?<ticks>\x60+)(?!\x60)[^\n]{0,800}?(?<!\x60)\k<ticks>(?!\x60)`,
    String.raw`\\[^([\n]`,
    String.raw`\$\$(?!\$)(?<=^${LEAD}\$\$)(?<dollars>${BODY})\$\$(?!\$)`,
    String.raw`\\\[(?<=^${LEAD}\\\[)(?<brackets>${BODY})\\\]`,
    String.raw`\$\$(?!\$)(?<dollarsWithin>[^$\n]+)\$\$(?!\$)`,
    String.raw`\\\[(?<bracketsWithin>[^\n]{1,800}?)\\\]`,
    String.raw`\\\((?<round>[^\n]{1,800}?)\\\)`,
    // A price is followed by words, or by a space and another price.
    String.raw`(?<![\p{L}\p{N}$])\$(?!\s|\d[\d.,]*\s+\p{L}{2,})(?<single>(?:\\[^\n]|[^\\$\n\x60])+?)(?<!\s)\$(?:(?![\p{L}\p{N}_$])|(?=(?:th|st|nd|rd|s)(?![\p{L}\p{N}_])))`,
  ].join("|"),
  "gmu",
);

/** A formula that has begun and is not over, where it can go on. */
const UNENDED = new RegExp(
  String.raw`(?:\$\$(?!\$)|\\\[)(?<=^${LEAD}(?:\$\$|\\\[))(?:(?!\n[ \t>]*\n)[^]){0,2000}(?![^])|\\[([][^\n]{0,800}(?![^])`,
  "mu",
);

function mayHaveMath(text: string): boolean {
  const signs = text.match(SIGN)?.length ?? 0;
  return signs > 0 && signs <= MOST_SIGNS && !text.includes(HIDING);
}

/** The text without its formulas; with `isGrowing` also without one that is being written. */
export function hideMath(text: string, isGrowing = false): Hidden {
  if (!mayHaveMath(text)) return { text, formulas: [] };
  const formulas: Formula[] = [];
  const rest = text.replace(TOKEN, (source: string, ...more: unknown[]) => {
    const groups = more.at(-1) as Partial<Record<string, string>>;
    const display =
      groups.dollars ?? groups.brackets ?? groups.dollarsWithin ?? groups.bracketsWithin;
    const tex = display ?? groups.round ?? groups.single;
    if (tex === undefined || tex.trim() === "") return source;
    const start = more.at(-3) as number;
    const isDisplay = display !== undefined;
    formulas.push({ start, source, tex: unquoted(tex), isDisplay, isOpen: false });
    return HIDING.repeat(source.length);
  });
  return isGrowing ? withOpen({ text: rest, formulas }, text) : { text: rest, formulas };
}

function withOpen(hidden: Hidden, text: string): Hidden {
  const found = isInFence(hidden.text) ? null : UNENDED.exec(hidden.text);
  if (found === null) return hidden;
  const start = found.index;
  const source = text.slice(start);
  const open: Formula = { start, source, tex: "", isDisplay: false, isOpen: true };
  const formulas = [...hidden.formulas.filter((formula) => formula.start < start), open];
  return { text: hidden.text.slice(0, start) + HIDING.repeat(source.length), formulas };
}

const isInFence = (text: string) => (text.match(/^[ \t>]*(?:`{3}|~{3})/gm)?.length ?? 0) % 2 === 1;

/** Might a formula over several lines have begun in these lines, and end in those that follow? */
export const hasOpenMath = (hidden: string): boolean => UNENDED.test(hidden);

/** Within a quote every line begins with the quote's sign, which is none of the formula's. */
function unquoted(tex: string): string {
  const [first = "", ...lines] = tex.split("\n");
  if (lines.length === 0 || !lines.every((line) => /^[ \t]*>/.test(line))) return tex;
  return [first, ...lines.map((line) => line.replace(/^[ \t]*>/, ""))].join("\n");
}
