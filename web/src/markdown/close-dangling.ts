/**
 * For the eye only: text that stops in the middle of a mark, as it will probably look once the
 * mark is closed. `a **bo` reads as bold "bo", not as two asterisks that vanish a moment later.
 *
 * The rule it keeps: what is changed here is shown and never kept.
 */

/** Where the words of the last line's block begin: marks do not reach across. */
const BLOCK = /^[ \t]*(?:$|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>|\|)/;
const FENCE = /^[ \t]*(?:`{3}|~{3})/gm;
/** A line of dashes below words would make them a heading; it is rarely meant. */
const UNDERLINE = /(\S[ \t]*\n) {0,3}(?:-+|=+)[ \t]*$/;

/** The line that begins code, as long as it is not over: in what language is not said yet. */
const OPENING = /^[ \t]*(?:`{3,}[^`\n]*|~{3,}[^\n]*)$(?![^])/m;

export function closeDangling(text: string): string {
  if ((text.match(FENCE)?.length ?? 0) % 2 === 1) return text.replace(OPENING, ""); // code within a list
  const shown = text.replace(UNDERLINE, "$1");
  const start = lastInline(shown);
  return shown.slice(0, start) + closeMarks(shown.slice(start));
}

function lastInline(text: string): number {
  let start = text.length;
  for (;;) {
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    if (lineStart === 0 || BLOCK.test(text.slice(lineStart, start))) return lineStart;
    start = lineStart - 1;
  }
}

interface Mark {
  readonly sign: string;
  readonly at: number;
}

const TOKEN = /\\.|`+|\*+|_+|~~+|!?\[|\]\([^)\s]*(?:[ \t]+"[^"]*"?)?\)?|\]/gs;

/** Close the marks that are open, the innermost first. */
function closeMarks(text: string): string {
  const open: Mark[] = [];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [sign] = token;
    const at = token.index;
    if (sign.startsWith("`")) {
      const end = codeEnd(text, at, sign);
      if (end === null) return closeCode(text, at, sign) + closers(open);
      TOKEN.lastIndex = end;
    } else if (sign.endsWith("[")) {
      open.push({ sign, at });
    } else if (sign.startsWith("]")) {
      const bracket = open.findLastIndex((mark) => mark.sign.endsWith("["));
      const { sign: begin = "", at: from = 0 } = open[bracket] ?? {};
      if (bracket !== -1) open.splice(bracket);
      const isHalfLink = sign.startsWith("](") && !sign.endsWith(")");
      if (bracket !== -1 && isHalfLink && at + sign.length === text.length) {
        const label = begin.startsWith("!") ? "" : text.slice(from + begin.length, at);
        return closeMarks(text.slice(0, from) + label);
      }
    } else if (!sign.startsWith("\\")) {
      emphasize(text, { sign, at }, open);
    }
  }
  return closeOpen(text, open);
}

function codeEnd(text: string, at: number, sign: string): number | null {
  const rest = at + sign.length;
  const match = new RegExp(`(?<!\`)${sign}(?!\`)`).exec(text.slice(rest));
  return match === null ? null : rest + match.index + sign.length;
}

const closeCode = (text: string, at: number, sign: string) =>
  at + sign.length === text.length ? text.slice(0, at) : text + sign;

/** A run of `*`, `_` or `~` ends what is open, or begins something, or is just a character. */
function emphasize(text: string, mark: Mark, open: Mark[]): void {
  const before = text[mark.at - 1] ?? " ";
  const after = text[mark.at + mark.sign.length];
  const isWordInside = mark.sign.startsWith("_") && /\w/.test(before) && /\w/.test(after ?? " ");
  if (isWordInside) return;
  const last = open.findLastIndex((other) => other.sign.startsWith(mark.sign.charAt(0)));
  if (last !== -1 && /\S/.test(before)) {
    const { sign, at } = open[last] ?? mark;
    open.splice(last);
    // `***a**` leaves `*` open; `**a*` at the very end is a closing `**` of which half has come.
    const rest = sign.length - mark.sign.length;
    if (rest > 0) open.push({ sign: sign.slice(0, rest), at });
  } else if (after === undefined || /\S/.test(after)) {
    open.push(mark);
  }
}

/** Drop what has nothing to mark yet and the signs of open brackets, then close the rest. */
function closeOpen(text: string, open: readonly Mark[]): string {
  const image = open.find(({ sign }) => sign === "![");
  if (image !== undefined) return closeMarks(text.slice(0, image.at));
  const last = open.at(-1);
  const isBare = last !== undefined && last.at + last.sign.length === text.length;
  const shown = withoutBrackets(isBare ? text.slice(0, last.at) : text, open);
  const words = shown.trimEnd();
  return words + closers(isBare ? open.slice(0, -1) : open) + shown.slice(words.length);
}

function withoutBrackets(text: string, open: readonly Mark[]): string {
  let shown = "";
  let from = 0;
  for (const { at } of open.filter(({ sign }) => sign === "[")) {
    shown += text.slice(from, at);
    from = at + 1;
  }
  return shown + text.slice(from);
}

const closers = (open: readonly Mark[]) =>
  open
    .filter(({ sign }) => sign !== "[")
    .map(({ sign }) => sign)
    .reverse()
    .join("");
