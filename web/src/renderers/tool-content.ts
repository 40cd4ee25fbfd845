/**
 * What kind of thing a tool answered: a table, JSON, or text.
 *
 * The rule it keeps: what is long is cut before anything is made of it, so that a tool that answers
 * with megabytes costs the page nothing until somebody asks to see them.
 */
export const SHOWN_CHARS = 4096;

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type ToolContent =
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly rows: readonly Row[] }
  | { readonly kind: "json"; readonly value: Json }
  | { readonly kind: "text"; readonly text: string };

export type Row = Readonly<Record<string, Json>>;

const MAX_COLUMNS = 8;

/** Decide by the text itself: tools say nothing about its type. */
export function toolContent(text: string): ToolContent {
  const value = parse(text);
  if (value === undefined) return { kind: "text", text };
  return asTable(value) ?? { kind: "json", value };
}

/** Objects and lists only: a bare number or word is text to a reader. */
function parse(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A list of at least two flat objects reads better in columns. */
function asTable(value: Json): ToolContent | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isFlatRow)) return undefined;
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return undefined;
  return { kind: "table", columns, rows: value };
}

function isFlatRow(value: Json): value is Row {
  return (
    isObject(value) && Object.values(value).every((cell) => !isObject(cell) && !Array.isArray(cell))
  );
}

export function isObject(value: Json): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
