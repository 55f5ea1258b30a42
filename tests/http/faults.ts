import type { JsonSchema } from "../support/openapi.ts";

/** What clients send that nobody should: by name, for one field of a JSON body. */
const deep = (() => {
  let value: unknown = "x";
  for (let level = 0; level < 2_000; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
})();

const megabyte = "ab cdefg".repeat(131_072);

/** Text that no field takes, whatever it is for. */
export const neverText: Readonly<Record<string, string>> = {
  "a megabyte": megabyte,
  "a NUL": "a\u0000b",
  "a bell": "ring\u0007",
  "an override of direction": "a\u202Eb",
  "half a surrogate pair": "a\uD800b",
};

/** Text that is a name to one and an attack to another: taken as it is, or refused. */
export const oddText: Readonly<Record<string, string>> = {
  empty: "",
  spaces: "   ",
  "right-to-left mark": "a\u200Fb",
  SQL: "'; drop table patients; --",
  markup: "<script>alert(1)</script>",
  "markup in an attribute": '" onmouseover="alert(1)',
  template: "{{7*7}}",
  path: "../../etc/passwd",
  "line end": "a\r\nset-cookie: x=1",
  NaN: "NaN",
  infinite: "1e999",
  emoji: "👩‍⚕️",
  formula: "=1+1",
};

/** What is no text at all. */
export const otherTypes: Readonly<Record<string, unknown>> = {
  number: 7,
  negative: -1,
  fraction: 0.5,
  huge: 1e308,
  "beyond whole numbers": 2 ** 53 + 2,
  true: true,
  null: null,
  "empty list": [],
  "list of itself": ["x", "y"],
  "list of 10,000": Array.from({ length: 10_000 }, () => "x"),
  object: {},
  "object with a constructor": { constructor: { prototype: { admin: true } }, toString: "x" },
  "object like text": { length: 3, 0: "a", 1: "b", 2: "c" },
  "2,000 levels": deep,
};

/** A value that the schema takes, as far as a schema tells. */
export function sampleOf(schema: JsonSchema): unknown {
  const choices = schema["enum"];
  if (Array.isArray(choices)) return choices[0];
  if ("const" in schema) return schema["const"];
  const options = schema["anyOf"];
  if (Array.isArray(options)) return sampleOf(options[0] as JsonSchema);
  const types: Readonly<Record<string, () => unknown>> = {
    object: () => requiredOf(schema),
    array: () => (Number(schema["minItems"] ?? 0) > 0 ? [sampleOf(Object(schema["items"]))] : []),
    integer: () => schema["minimum"] ?? 1,
    number: () => schema["minimum"] ?? 1,
    boolean: () => false,
  };
  const made = types[String(schema["type"])];
  if (made !== undefined) return made();
  const formats: Readonly<Record<string, string>> = {
    uuid: "01980000-0000-7000-8000-000000000000",
    date: "1990-05-17",
    "date-time": "2024-03-12T08:00:00.000Z",
    email: "somebody@example.com",
  };
  return formats[String(schema["format"])] ?? "Sample text".padEnd(Number(schema["minLength"] ?? 0), "x");
}

/** An object of the required fields alone. */
function requiredOf(schema: JsonSchema): Record<string, unknown> {
  const properties = Object(schema["properties"]) as Record<string, JsonSchema>;
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {})]));
}

/** Every field of an object, those within fields too: `firstAdmin.email`. */
export function fieldsOf(schema: JsonSchema, prefix = ""): { field: string; schema: JsonSchema }[] {
  const options = schema["anyOf"];
  if (Array.isArray(options)) return options.flatMap((option) => fieldsOf(option as JsonSchema, prefix));
  return Object.entries(Object(schema["properties"]) as Record<string, JsonSchema>).flatMap(
    ([name, inner]) => {
      const field = prefix === "" ? name : `${prefix}.${name}`;
      return [{ field, schema: inner }, ...fieldsOf(inner, field)];
    },
  );
}

/** A copy of `body` in which one field holds `value`. */
export function withField(body: unknown, field: string, value: unknown): unknown {
  const [name = "", ...rest] = field.split(".");
  const base: Record<string, unknown> = { ...Object(body) };
  base[name] = rest.length === 0 ? value : withField(base[name], rest.join("."), value);
  return base;
}

export function fieldOf(body: unknown, field: string): unknown {
  let value = body;
  for (const name of field.split(".")) value = value === null ? undefined : Reflect.get(Object(value), name);
  return value;
}

export const takesText = (schema: JsonSchema): boolean =>
  (schema["type"] === "string" && schema["enum"] === undefined) ||
  (Array.isArray(schema["anyOf"]) && schema["anyOf"].some((option) => takesText(option as JsonSchema)));
