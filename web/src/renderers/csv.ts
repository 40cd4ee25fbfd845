/**
 * Text that is a table, its cells divided by commas, semicolons or tabs.
 *
 * The rule it keeps: prose has commas, too. Only what has a head of names and as many cells in every
 * line is a table.
 */
const DIVIDERS = ["\t", ";", ","];
const LEAST_LINES = 3;
const MOST_COLUMNS = 12;
const LONGEST_NAME = 40;

/** The lines and their cells, the head first; null when the text is no table. */
export function readCsv(text: string): readonly (readonly string[])[] | null {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines.length < LEAST_LINES) return null;
  for (const divider of DIVIDERS) {
    const rows = lines.map((line) => cellsOf(line, divider));
    if (isTable(rows)) return rows;
  }
  return null;
}

function isTable(rows: readonly (readonly string[])[]): boolean {
  const [head = []] = rows;
  const isHead =
    head.length > 1 &&
    head.length <= MOST_COLUMNS &&
    new Set(head).size === head.length &&
    head.every((name) => /^[^\s].*[^\s.:!?]$|^\S$/u.test(name) && name.length <= LONGEST_NAME);
  return isHead && rows.every((cells) => cells.length === head.length);
}

/** Within quotes a divider is a mark like any other, and a doubled quote is one. */
function cellsOf(line: string, divider: string): readonly string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const mark = line.charAt(at);
    if (isQuoted && mark === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (mark === '"' && (isQuoted || cell === "")) isQuoted = !isQuoted;
    else if (mark === divider && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += mark;
  }
  return [...cells, cell];
}
