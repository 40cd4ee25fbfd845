/**
 * A JSON Schema as the fields of a form: what tools really ask for. Pure.
 *
 * The rule it keeps: what a field cannot show in full is a field of JSON, so that whatever a schema
 * says, everything that it allows can be written.
 */
import { isList, isObject, type Json, type JsonObject } from "@/api/json";

interface Base {
  /** What it is called; its own name where the schema has no title for it. */
  readonly label: string;
  readonly hint: string;
  readonly isRequired: boolean;
  /** Null is a value of it: what it has when it is needed and left empty. */
  readonly isNullable: boolean;
  /** What it has while nobody has said anything. */
  readonly fallback: Json | undefined;
}

export interface Option {
  readonly value: Json;
  readonly label: string;
}

export interface TextKind {
  readonly kind: "text";
  readonly input: "text" | "email" | "url" | "date";
  readonly isLong: boolean;
  readonly shortest: number;
  readonly longest: number;
  readonly pattern: string | null;
}

export interface NumberKind {
  readonly kind: "number";
  readonly isWhole: boolean;
  readonly least: number;
  readonly most: number;
}

export interface NamedField {
  readonly name: string;
  readonly field: Field;
}

type Kind =
  | TextKind
  | NumberKind
  | { readonly kind: "switch" }
  | { readonly kind: "choice"; readonly options: readonly Option[] }
  | { readonly kind: "choices"; readonly options: readonly Option[] }
  | { readonly kind: "list"; readonly item: Field }
  | { readonly kind: "group"; readonly fields: readonly NamedField[] }
  | { readonly kind: "json" };

export type Field = Base & Kind;
export type FieldOf<K extends Kind["kind"]> = Extract<Field, { readonly kind: K }>;

/** Deeper than this a form is a maze. */
const DEEPEST = 4;

/** Longer texts than this want a field of several lines. */
const LONG = 200;

export function fieldOf(schema: unknown): Field {
  const root = isObject(schema as Json) ? (schema as JsonObject) : {};
  return new Reader(root).field(root, { name: "", isRequired: true, depth: 0 });
}

interface Place {
  readonly name: string;
  readonly isRequired: boolean;
  readonly depth: number;
}

class Reader {
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  field(written: Json | undefined, place: Place): Field {
    const { schema, isNullable } = this.#plain(written);
    const { name, isRequired, depth } = place;
    const base = {
      label: textOf(schema.title) ?? name,
      hint: textOf(schema.description) ?? "",
      isRequired,
      isNullable,
      fallback: schema.default,
    };
    return { ...base, ...(depth > DEEPEST ? JSON_KIND : this.#kind(schema, depth)) };
  }

  /** The schema behind its references, without the null that it may also be. */
  #plain(written: Json | undefined): { schema: JsonObject; isNullable: boolean } {
    const schema = this.#resolved(isObject(written) ? written : {});
    const ways = listOf(schema.anyOf) ?? listOf(schema.oneOf);
    const real = ways?.filter((way) => !isObject(way) || way.type !== "null");
    if (ways === undefined || real?.length !== 1)
      return { schema, isNullable: includesNull(schema.type) };
    const [only] = real;
    const rest = { ...schema, anyOf: undefined, oneOf: undefined };
    const inner = this.#resolved(isObject(only) ? only : {});
    return { schema: { ...inner, ...filled(rest) }, isNullable: real.length < ways.length };
  }

  /** References lead to `$defs` of the same schema; what is written beside one wins. */
  #resolved(schema: JsonObject, hops = 0): JsonObject {
    const { $ref: reference, allOf, ...rest } = schema;
    const [only, ...others] = listOf(allOf) ?? [];
    if (isObject(only) && others.length === 0 && hops < DEEPEST)
      return { ...this.#resolved(only, hops + 1), ...rest };
    if (typeof reference !== "string" || hops >= DEEPEST) return schema;
    const target = reference
      .split("/")
      .slice(1)
      .reduce<Json | undefined>(
        (at, step) =>
          isObject(at) ? at[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined,
        this.#root,
      );
    return isObject(target) ? { ...this.#resolved(target, hops + 1), ...rest } : {};
  }

  #kind(schema: JsonObject, depth: number): Kind {
    const options = optionsOf(schema);
    if (options !== null) return { kind: "choice", options };
    if (schema.anyOf !== undefined || schema.oneOf !== undefined) return JSON_KIND;
    switch (typeOf(schema)) {
      case "string":
        return textKind(schema);
      case "integer":
      case "number":
        return numberKind(schema);
      case "boolean":
        return { kind: "switch" };
      case "array":
        return this.#listKind(schema, depth);
      case "object":
        return this.#groupKind(schema, depth);
      default:
        return JSON_KIND;
    }
  }

  #listKind(schema: JsonObject, depth: number): Kind {
    if (!isObject(schema.items)) return JSON_KIND;
    const item = this.field(schema.items, { name: "", isRequired: true, depth: depth + 1 });
    if (item.kind === "choice") return { kind: "choices", options: item.options };
    return item.kind === "json" || item.kind === "list" ? JSON_KIND : { kind: "list", item };
  }

  #groupKind(schema: JsonObject, depth: number): Kind {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const isMap = isObject(schema.additionalProperties) || schema.additionalProperties === true;
    if (Object.keys(properties).length === 0 && (depth > 0 || isMap)) return JSON_KIND;
    const needed = listOf(schema.required) ?? [];
    const fields = Object.entries(properties).map(([name, written]) => ({
      name,
      field: this.field(written, { name, isRequired: needed.includes(name), depth: depth + 1 }),
    }));
    return { kind: "group", fields };
  }
}

const JSON_KIND = { kind: "json" } as const;

/** The one type it has; an object is known by its properties, too. */
function typeOf(schema: JsonObject): Json | undefined {
  const types = listOf(schema.type)?.filter((type) => type !== "null") ?? [schema.type];
  if (types.length !== 1) return undefined;
  return types[0] ?? (isObject(schema.properties) ? "object" : undefined);
}

/** Without the fields that are not there. */
const filled = (schema: Readonly<Record<string, Json | undefined>>) =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ) as JsonObject;

const includesNull = (type: Json | undefined) => listOf(type)?.includes("null") === true;

const listOf = (value: Json | undefined): readonly Json[] | undefined =>
  isList(value) ? value : undefined;

const textOf = (value: Json | undefined) => (typeof value === "string" ? value : undefined);

const numberOf = (value: Json | undefined) => (typeof value === "number" ? value : undefined);

/** `enum`, with names beside it or not; or a `oneOf` whose ways are one value each. */
function optionsOf(schema: JsonObject): readonly Option[] | null {
  const names = listOf(schema.enumNames);
  const values = listOf(schema.enum);
  if (values !== undefined)
    return values.flatMap((value, at) =>
      value === null ? [] : [{ value, label: textOf(names?.[at]) ?? wordsOf(value) }],
    );
  if (schema.const !== undefined) return [{ value: schema.const, label: wordsOf(schema.const) }];
  const ways = listOf(schema.oneOf) ?? listOf(schema.anyOf);
  if (ways === undefined) return null;
  const options = ways.flatMap((way) =>
    isObject(way) && way.const !== undefined
      ? [{ value: way.const, label: textOf(way.title) ?? wordsOf(way.const) }]
      : [],
  );
  return options.length === ways.length ? options : null;
}

const wordsOf = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));

const INPUTS = { email: "email", uri: "url", url: "url", date: "date" } as const;

function textKind(schema: JsonObject): TextKind {
  const format = textOf(schema.format) ?? "";
  return {
    kind: "text",
    input: Object.hasOwn(INPUTS, format) ? INPUTS[format as keyof typeof INPUTS] : "text",
    isLong: (numberOf(schema.maxLength) ?? 0) > LONG || schema.contentMediaType !== undefined,
    shortest: numberOf(schema.minLength) ?? 0,
    longest: numberOf(schema.maxLength) ?? Infinity,
    pattern: textOf(schema.pattern) ?? null,
  };
}

function numberKind(schema: JsonObject): NumberKind {
  const isWhole = typeOf(schema) === "integer";
  const step = isWhole ? 1 : Number.EPSILON;
  const above = numberOf(schema.exclusiveMinimum);
  const below = numberOf(schema.exclusiveMaximum);
  return {
    kind: "number",
    isWhole,
    least: numberOf(schema.minimum) ?? (above === undefined ? -Infinity : above + step),
    most: numberOf(schema.maximum) ?? (below === undefined ? Infinity : below - step),
  };
}
