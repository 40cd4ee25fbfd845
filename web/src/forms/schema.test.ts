import { describe, expect, it } from "vitest";

import { draftOf, read } from "./draft";
import { fieldOf } from "./schema";

const schema = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });

/** The kinds of the fields of a schema, by their names. */
function kinds(properties: object, more: object = {}) {
  const field = fieldOf(schema(properties, more));
  if (field.kind !== "group") return field.kind;
  return Object.fromEntries(field.fields.map(({ name, field: { kind } }) => [name, kind]));
}

describe("a schema is read as fields", () => {
  it("by the types that tools use", () => {
    expect(
      kinds({
        city: { type: "string" },
        days: { type: "integer" },
        share: { type: "number" },
        loud: { type: "boolean" },
        unit: { enum: ["C", "F"] },
        tags: { type: "array", items: { type: "string" } },
        units: { type: "array", items: { enum: ["C", "F"] } },
        where: schema({ x: { type: "number" } }),
      }),
    ).toEqual({
      city: "text",
      days: "number",
      share: "number",
      loud: "switch",
      unit: "choice",
      tags: "list",
      units: "choices",
      where: "group",
    });
  });

  it("through the references and the nulls that Python's libraries write", () => {
    const field = fieldOf(
      schema(
        {
          place: { $ref: "#/$defs/Place", description: "Where" },
          limit: { anyOf: [{ type: "integer" }, { type: "null" }], default: null, title: "Limit" },
          text: { type: ["string", "null"] },
        },
        { $defs: { Place: schema({ name: { type: "string" } }, { title: "Place" }) } },
      ),
    );
    expect(field).toMatchObject({
      kind: "group",
      fields: [
        { field: { kind: "group", label: "Place", hint: "Where", isNullable: false } },
        { field: { kind: "number", label: "Limit", isNullable: true, isWhole: true } },
        { field: { kind: "text", isNullable: true } },
      ],
    });
  });

  it("as JSON where it says more than a form can show", () => {
    expect(
      kinds({
        any: {},
        either: { anyOf: [{ type: "string" }, { type: "integer" }] },
        map: { type: "object", additionalProperties: { type: "string" } },
        pairs: { type: "array", items: { type: "array", items: { type: "string" } } },
        tuple: { type: "array", prefixItems: [{ type: "string" }] },
      }),
    ).toEqual({ any: "json", either: "json", map: "json", pairs: "json", tuple: "json" });
    expect(fieldOf(true).kind).toBe("json");
  });

  it("also when it refers to itself, as deep as a form goes", () => {
    const node = schema({ next: { $ref: "#/$defs/Node" } });
    expect(() => fieldOf({ $ref: "#/$defs/Node", $defs: { Node: node } })).not.toThrow();
  });

  it("with the names of choices", () => {
    const titled = { oneOf: [{ const: 1, title: "One" }, { const: 2 }] };
    const named = { type: "string", enum: ["a", "b"], enumNames: ["Ah", "Bee"] };
    const field = fieldOf(schema({ titled, named }));
    expect(field).toMatchObject({
      fields: [
        {
          field: {
            options: [
              { value: 1, label: "One" },
              { value: 2, label: "2" },
            ],
          },
        },
        {
          field: {
            options: [
              { value: "a", label: "Ah" },
              { value: "b", label: "Bee" },
            ],
          },
        },
      ],
    });
  });
});

describe("what stands in the fields makes a value", () => {
  const field = fieldOf(
    schema(
      {
        city: { type: "string" },
        days: { type: "integer", minimum: 1, maximum: 7 },
        unit: { enum: ["C", "F"], default: "C" },
        loud: { type: "boolean" },
        mail: { type: "string", format: "email" },
        where: schema({ x: { type: "number" } }, { required: ["x"] }),
        tags: { type: "array", items: { type: "string" } },
      },
      { required: ["city"] },
    ),
  );
  const typed = (changes: object) => ({ ...(draftOf(field, undefined) as object), ...changes });

  it("without what is left empty, with what it falls back to", () => {
    expect(read(field, typed({ city: "Lisbon" }), undefined)).toEqual({
      value: { city: "Lisbon", unit: "C" },
      problems: {},
    });
  });

  it("of the right types", () => {
    const draft = typed({
      city: "Lisbon",
      days: "3",
      unit: "1",
      loud: true,
      where: { x: "1,5" },
      tags: ["a", "b"],
    });
    expect(read(field, draft, undefined).value).toEqual({
      city: "Lisbon",
      days: 3,
      unit: "F",
      loud: true,
      where: { x: 1.5 },
      tags: ["a", "b"],
    });
  });

  it.each([
    ["/city", { city: "" }, "This is needed."],
    ["/days", { city: "L", days: "8" }, "7 or less."],
    ["/days", { city: "L", days: "1.5" }, "A whole number."],
    ["/days", { city: "L", days: "many" }, "A number."],
    ["/mail", { city: "L", mail: "nobody" }, "An e-mail address."],
  ])("unless something is wrong, which is said at %s", (at, changes, problem) => {
    expect(read(field, typed(changes), undefined).problems).toEqual({ [at]: problem });
  });

  it("in which what nobody touched stays as it was", () => {
    expect(read(field, draftOf(field, { city: "L" }), { city: "L" }).value).toEqual({ city: "L" });
    const was = { city: "", days: 99, unit: "Kelvin", more: [1], where: { x: 1, y: 2 } };
    expect(read(field, draftOf(field, was), was)).toEqual({ value: was, problems: {} });
    const changed = { ...(draftOf(field, was) as object), city: "Porto" };
    expect(read(field, changed, was).value).toEqual({ ...was, city: "Porto" });
  });

  it("in which an item of a list takes what is not shown with it when another is taken out", () => {
    const item = schema({ name: { type: "string" } });
    const list = fieldOf(schema({ people: { type: "array", items: item } }));
    const was = {
      people: [
        { name: "Ana", age: 1 },
        { name: "Rui", age: 2 },
      ],
    };
    const rest = { people: [{ name: "Rui" }] };
    expect(read(list, rest, was).value).toEqual({ people: [{ name: "Rui", age: 2 }] });
  });
});
