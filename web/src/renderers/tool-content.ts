/**
 * What kind of thing a tool answered: a table, JSON, markdown or text.
 *
 * The rule it keeps: what is long is cut before anything is made of it, so that a tool that answers
 * with megabytes costs the page nothing until somebody asks to see them.
 */
import { isObject, isSame, type Json, type JsonObject, parseJson } from "@/api/json";

import { readCsv } from "./csv";

export const SHOWN_CHARS = 4096;

export type ToolContent =
  | Table
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "markdown"; readonly text: string }
  | { readonly kind: "text"; readonly text: string };

export interface Table {
  readonly kind: "table";
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
}

const MAX_COLUMNS = 8;

/** Decide by the text itself: tools say nothing about its type. */
export function toolContent(text: string): ToolContent {
  const value = parse(text);
  if (value !== undefined) return asTable(value) ?? { kind: "json", value };
  return csvTable(text) ?? { kind: isMarkdown(text) ? "markdown" : "text", text };
}

/** Objects and lists only: a bare number or word is text to a reader. */
function parse(text: string): Json | undefined {
  return /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
}

/** A list of at least two flat objects reads better in columns. */
function asTable(value: Json): Table | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isFlatRow)) return undefined;
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return undefined;
  return { kind: "table", columns, rows: value };
}

function isFlatRow(value: Json): value is JsonObject {
  return (
    isObject(value) && Object.values(value).every((cell) => !isObject(cell) && !Array.isArray(cell))
  );
}

function csvTable(text: string): Table | undefined {
  const [columns, ...lines] = readCsv(text) ?? [];
  if (columns === undefined) return undefined;
  const rows = lines.map((cells) =>
    Object.fromEntries(columns.map((column, place) => [column, cells[place] ?? ""])),
  );
  return { kind: "table", columns, rows };
}

/** Marks that nobody writes by chance: a heading, a fence, a link, a table, bold words. */
const MARKS = /^#{1,6} \S|^(```|~~~)|\[[^\]\n]+\]\(\S+\)|^\|?[ :]*-{3,}[ :]*\||\*\*\S[^*\n]*\*\*/m;

function isMarkdown(text: string): boolean {
  return MARKS.test(text);
}

/** Does data say no more than the words do? Libraries wrap what is no object in a `result`. */
export function repeats(structured: Json, words: string): boolean {
  const said = parseJson(words);
  const isOne = isObject(structured) && Object.keys(structured).length === 1;
  const inner = isOne ? structured.result : undefined;
  return isSame(structured, said) || inner === words || (said !== undefined && isSame(inner, said));
}
