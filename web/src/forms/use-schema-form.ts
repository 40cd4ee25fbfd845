/**
 * The state of a form made from a JSON Schema: what stands in its fields, or in one field as JSON.
 *
 * The rule it keeps: what is wrong is said once somebody has tried to hand it in, and then goes away
 * as it is put right.
 */
import { useMemo, useState } from "react";

import { isObject, type Json, type JsonObject, parseJson } from "@/api/json";
import { t } from "@/i18n/tools";

import { type Draft, draftOf, type Problems, read, type Reading } from "./draft";
import { type Field, fieldOf, type FieldOf } from "./schema";

export type Mode = "form" | "json";

interface Written {
  readonly mode: Mode;
  readonly draft: Draft;
  readonly text: string;
  /** The value that the fields began with. */
  readonly begun: Json | undefined;
}

export interface SchemaForm {
  /** The fields; null when the schema is none that has some. */
  readonly root: FieldOf<"group"> | null;
  readonly mode: Mode;
  readonly draft: Draft;
  readonly text: string;
  readonly problems: Problems;
  /** Counts the times that it was handed in with something wrong: the first wrong field gets the focus. */
  readonly refusals: number;
  readonly setDraft: (draft: Draft) => void;
  readonly setText: (text: string) => void;
  readonly setMode: (mode: Mode) => void;
  /** The object that was written; null when something is wrong, which is said from then on. */
  readonly take: () => JsonObject | null;
}

/** `refused` is what the server said is wrong with it, by JSON pointer. */
export function useSchemaForm(
  schema: unknown,
  initial: JsonObject | undefined,
  refused: Problems = {},
): SchemaForm {
  const field = useMemo(() => fieldOf(schema), [schema]);
  const root = field.kind === "group" ? field : null;
  const [written, setWritten] = useState(() => begin(field, initial));
  const [refusals, setRefusals] = useState(0);
  const { problems } = reading(field, written);
  return {
    root,
    ...written,
    problems: refusals === 0 ? refused : { ...refused, ...problems },
    refusals,
    setDraft: (draft) => setWritten((before) => ({ ...before, draft })),
    setText: (text) => setWritten((before) => ({ ...before, text })),
    setMode: (mode) => setWritten((before) => turned(field, before, mode)),
    take: () => {
      const { value, problems: wrong } = reading(field, written);
      const isFine = Object.keys(wrong).length === 0 && isObject(value);
      if (!isFine) setRefusals(refusals + 1);
      return isFine ? value : null;
    },
  };
}

function begin(field: Field, initial: JsonObject | undefined): Written {
  const mode = field.kind === "group" ? "form" : "json";
  return { mode, draft: draftOf(field, initial), text: written(initial ?? {}), begun: initial };
}

const written = (value: Json) => JSON.stringify(value, null, 2);

function reading(field: Field, { mode, draft, text, begun }: Written): Reading {
  if (mode === "form") return read(field, draft, begun);
  const value = parseJson(text);
  if (isObject(value)) return { value, problems: {} };
  const problem = value === undefined ? t("form.problem.json") : t("form.problem.object");
  return { value: undefined, problems: { "": problem } };
}

/** What was written one way, written the other way; JSON that is none stays until it is. */
function turned(field: Field, before: Written, mode: Mode): Written {
  if (mode === before.mode) return before;
  const { value } = reading(field, before);
  if (mode === "json") return { ...before, mode, text: written(value ?? {}) };
  return isObject(value) ? { ...before, mode, draft: draftOf(field, value), begun: value } : before;
}
