/**
 * What stands in the fields of a form, and the value that it makes. Pure.
 *
 * The rule it keeps: what nobody touched stays as it was, also what the form does not show or would
 * write differently.
 */
import { isList, isObject, isSame, type Json, type JsonObject, parseJson } from "@/api/json";
import { t } from "@/i18n/tools";

import type { Field, FieldOf } from "./schema";

/** A text for what is typed or chosen (an option by its place), else as the value is built. */
export type Draft = string | boolean | readonly Draft[] | { readonly [name: string]: Draft };

/** By JSON pointer into the value. */
export type Problems = Readonly<Record<string, string>>;

export interface Reading {
  /** Undefined: left out. */
  readonly value: Json | undefined;
  readonly problems: Problems;
}

export function draftOf(field: Field, given: Json | undefined): Draft {
  const value = given ?? field.fallback;
  switch (field.kind) {
    case "text":
    case "number":
      return typeof value === "string" || typeof value === "number" ? String(value) : "";
    case "switch":
      return value === true;
    case "choice":
      return placeIn(field, value);
    case "choices":
      return listOf(value).map((item) => placeIn(field, item));
    case "list":
      return listOf(value).map((item) => draftOf(field.item, item));
    case "group": {
      const object = isObject(value) ? value : {};
      return Object.fromEntries(
        field.fields.map(({ name, field: part }) => [name, draftOf(part, object[name])]),
      );
    }
    case "json":
      return value === undefined ? "" : JSON.stringify(value, null, 2);
    default:
      return field satisfies never;
  }
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

function placeIn({ options }: FieldOf<"choice" | "choices">, value: Json | undefined): string {
  const place = options.findIndex((option) => isSame(option.value, value));
  return place === -1 ? "" : String(place);
}

/** What a field began with. */
interface Start {
  readonly was: Json | undefined;
  /** Nothing was said of the whole that it is part of: it has then what it falls back to. */
  readonly isNew: boolean;
  readonly at: string;
}

/** The value of a draft that began as `was`, and what is wrong with it. */
export const read = (field: Field, draft: Draft, was: Json | undefined): Reading =>
  readField(field, draft, { was, isNew: was === undefined, at: "" });

function readField(field: Field, draft: Draft, start: Start): Reading {
  if (field.kind === "group") return readGroup(field, draft, start);
  const begun = start.was ?? (start.isNew ? field.fallback : undefined);
  const isTouched = !isSame(draft, draftOf(field, start.was));
  if (!isTouched && (begun !== undefined || !field.isRequired)) return fine(begun);
  if (field.kind === "list") return readList(field, draft, start);
  const { at } = start;
  const value = plainValue(field, draft);
  if (value === undefined) return missing(field, at);
  const problem = value === BROKEN ? t("form.problem.json") : problemOf(field, value);
  return problem === null ? fine(value as Json) : { value: undefined, problems: { [at]: problem } };
}

const fine = (value: Json | undefined): Reading => ({ value, problems: {} });

/** Not to be mixed up with any value. */
const BROKEN = Symbol("not a value");

/** What stands in a field of text. */
export const textIn = (draft: Draft): string => (typeof draft === "string" ? draft : "");

/** Undefined when the field is empty. */
function plainValue(
  field: Exclude<Field, FieldOf<"group" | "list">>,
  draft: Draft,
): Json | undefined | typeof BROKEN {
  if (field.kind === "switch") return draft === true;
  if (field.kind === "choices")
    return (draft as readonly string[]).flatMap(
      (place) => field.options[Number(place)]?.value ?? [],
    );
  const text = textIn(draft);
  if (text.trim() === "") return field.kind === "text" && text !== "" ? text : undefined;
  if (field.kind === "text") return text;
  if (field.kind === "choice") return field.options[Number(text)]?.value;
  if (field.kind === "json") return parseJson(text) ?? BROKEN;
  return Number(text.trim().replace(",", "."));
}

function missing(field: Field, at: string): Reading {
  if (!field.isRequired) return fine(undefined);
  if (field.isNullable) return fine(null);
  return { value: undefined, problems: { [at]: t("form.problem.needed") } };
}

function problemOf(field: Field, value: Json | symbol): string | null {
  if (field.kind === "number" && typeof value === "number") return numberProblem(field, value);
  if (field.kind === "text" && typeof value === "string") return textProblem(field, value);
  return null;
}

function numberProblem({ isWhole, least, most }: FieldOf<"number">, value: number): string | null {
  if (Number.isNaN(value)) return t("form.problem.number");
  if (isWhole && !Number.isInteger(value)) return t("form.problem.whole");
  if (value < least) return t("form.problem.least", { least });
  return value > most ? t("form.problem.most", { most }) : null;
}

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

function textProblem(field: FieldOf<"text">, value: string): string | null {
  if (value.length < field.shortest) return t("form.problem.short", { count: field.shortest });
  if (value.length > field.longest) return t("form.problem.long", { count: field.longest });
  if (field.input === "email" && !ADDRESS.test(value)) return t("form.problem.email");
  if (field.input === "url" && !URL.canParse(value)) return t("form.problem.url");
  return field.pattern === null || fits(field.pattern, value)
    ? null
    : t("form.problem.pattern", { pattern: field.pattern });
}

/** A pattern that this browser does not understand is the server's to judge by. */
function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

function readList(field: FieldOf<"list">, draft: Draft, { was, at }: Start): Reading {
  const before = listOf(was);
  const items = draft as readonly Draft[];
  // Where some were taken out or added, places say nothing: what looks the same is the same.
  const begun = (item: Draft, place: number) =>
    before.length === items.length
      ? before[place]
      : before.find((value) => isSame(draftOf(field.item, value), item));
  const readings = items.map((item, place) =>
    readField(field.item, item, { was: begun(item, place), isNew: true, at: `${at}/${place}` }),
  );
  return {
    value: readings.flatMap(({ value }) => (value === undefined ? [] : [value])),
    problems: joined(readings),
  };
}

function readGroup(field: FieldOf<"group">, draft: Draft, { was, isNew, at }: Start): Reading {
  const isOptional = !field.isRequired && was === undefined;
  if (isOptional && isSame(draft, draftOf(field, undefined)))
    return fine(isNew ? field.fallback : undefined);
  const before = isObject(was) ? was : {};
  const drafts = draft as Readonly<Record<string, Draft>>;
  const readings = field.fields.map(({ name, field: part }) => {
    const start = { was: before[name], isNew: was === undefined, at: `${at}/${escaped(name)}` };
    return { name, ...readField(part, drafts[name] ?? "", start) };
  });
  return { value: merged(before, readings), problems: joined(readings) };
}

function merged(
  before: JsonObject,
  readings: readonly { readonly name: string; readonly value: Json | undefined }[],
): JsonObject {
  const read = new Map(readings.map(({ name, value }) => [name, value]));
  const kept = Object.entries(before).filter(([name]) => !read.has(name));
  const said = [...read].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries([...said, ...kept]);
}

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

const joined = (readings: readonly Reading[]): Problems =>
  Object.assign({}, ...readings.map(({ problems }) => problems)) as Problems;
