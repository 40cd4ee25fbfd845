/** Fenced code within markdown, wherever it stands: also in lists and quotations. */

/** Before a fence: the marks of quotations and of the list items that it begins. */
const OPENING =
  /^(?<before>(?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])[ \t])*)(?<marks>`{3,}(?=[^`]*$)|~{3,})/;

/** The code of the last block, without its fences; null where there is none. */
export function lastCodeIn(markdown: string): string | null {
  const lines = markdown.split("\n");
  let last: string | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const { before = "", marks = "" } = OPENING.exec(lines[at] ?? "")?.groups ?? {};
    if (marks === "") continue;
    const closing = new RegExp(`^[ \\t>]*${marks.charAt(0)}{${String(marks.length)},}[ \\t]*$`);
    const length = lines.slice(at + 1).findIndex((line) => closing.test(line));
    const end = length === -1 ? lines.length : at + 1 + length;
    last = lines
      .slice(at + 1, end)
      .map(without(before))
      .join("\n");
    at = end;
  }
  return last;
}

/** What a line has in the column of the fence is not its own: spaces and the marks of quotations. */
const without = (before: string) => (line: string) => {
  const most = before.length;
  let from = 0;
  while (from < most && /[ \t>]/.test(line.charAt(from))) from += 1;
  return line.slice(from);
};
