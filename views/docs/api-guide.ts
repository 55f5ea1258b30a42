/** What the API guide shows: the OpenAPI document, as far as a reader wants it. */
export interface ApiGuide {
  readonly title: string;
  readonly description: string;
  readonly groups: readonly { readonly tag: string; readonly operations: readonly ApiOperation[] }[];
}

export interface ApiOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string | null;
  /** Needs no access token. */
  readonly open: boolean;
  readonly parameters: readonly ApiField[];
  readonly body: readonly ApiField[];
  readonly answers: readonly {
    readonly status: string;
    readonly description: string;
    readonly fields: readonly ApiField[];
  }[];
}

export interface ApiField {
  readonly name: string;
  /** `query`, `path` or `header` for a parameter; null for a field of a body. */
  readonly place: string | null;
  readonly type: string;
  readonly required: boolean;
  readonly note: string;
}

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A schema's type in a word: `string (uuid)`, `one of a, b`, `list of object`. */
function typeOf(schema: Json): string {
  const choices = list(schema["enum"]);
  if (choices.length > 0) return choices.join(" | ");
  const options = [...list(schema["anyOf"]), ...list(schema["oneOf"])].map((one) => typeOf(object(one)));
  if (options.length > 0) return [...new Set(options)].join(" | ");
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (schema["type"] === "array") return `${typeOf(object(schema["items"]))}[]`;
  const format = text(schema["format"]);
  return `${text(schema["type"]) || "any"}${format === "" ? "" : ` (${format})`}`;
}

function noteOf(schema: Json): string {
  const bounds = [
    ["minLength", "≥ {} characters"],
    ["maxLength", "≤ {} characters"],
    ["minimum", "≥ {}"],
    ["maximum", "≤ {}"],
  ] as const;
  const said = bounds.flatMap(([key, words]) =>
    schema[key] === undefined ? [] : [words.replace("{}", String(schema[key]))],
  );
  return [text(schema["description"]), said.join(", ")].filter(Boolean).join(" ");
}

/** The fields of an object, nested ones as `a.b` and those of a list's rows as `a[].b`. */
function fieldsOf(schema: Json, prefix = "", depth = 0): ApiField[] {
  if (schema["type"] === "array") return fieldsOf(object(schema["items"]), `${prefix}[]`, depth);
  const required = list(schema["required"]);
  return Object.entries(object(schema["properties"])).flatMap(([name, value]) => {
    const inner = object(value);
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const own: ApiField = {
      name: path,
      place: null,
      type: typeOf(inner),
      required: required.includes(name),
      note: noteOf(inner),
    };
    return depth >= 2 ? [own] : [own, ...fieldsOf(inner, path, depth + 1)];
  });
}

function schemaOf(content: unknown): Json {
  const [first] = Object.values(object(content));
  return object(object(first)["schema"]);
}

function operationOf(method: string, path: string, operation: Json): ApiOperation {
  const parameters = list(operation["parameters"]).map((one): ApiField => {
    const parameter = object(one);
    const schema = object(parameter["schema"]);
    return {
      name: text(parameter["name"]),
      place: text(parameter["in"]),
      type: typeOf(schema),
      required: parameter["required"] === true,
      note: noteOf({
        ...schema,
        ...(parameter["description"] === undefined ? {} : { description: parameter["description"] }),
      }),
    };
  });
  return {
    id: `${method}-${path}`.replace(/[^A-Za-z0-9]+/g, "-"),
    method: method.toUpperCase(),
    path,
    summary: text(operation["summary"]),
    description: text(operation["description"]) || null,
    open: Array.isArray(operation["security"]) && operation["security"].length === 0,
    parameters,
    body: fieldsOf(schemaOf(object(operation["requestBody"])["content"])),
    answers: Object.entries(object(operation["responses"])).map(([status, answer]) => ({
      status,
      description: text(object(answer)["description"]),
      fields: Number(status) < 300 ? fieldsOf(schemaOf(object(answer)["content"])) : [],
    })),
  };
}

/** The document with what it refers to put in place. Its schemas do not go in circles. */
function resolved(value: unknown, document: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, document));
  if (typeof value !== "object" || value === null) return value;
  const reference: unknown = Reflect.get(value, "$ref");
  if (typeof reference === "string") {
    let target: unknown = document;
    for (const name of reference.split("/").slice(1)) target = object(target)[name];
    return resolved(target, document);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, document)]));
}

/** Reads an OpenAPI 3 document into what the guide shows, grouped by tag in the order of the routes. */
export function readApiGuide(given: unknown): ApiGuide {
  const document = object(resolved(given, object(given)));
  const info = object(object(document)["info"]);
  const groups = new Map<string, ApiOperation[]>();
  for (const [path, methods] of Object.entries(object(object(document)["paths"])))
    for (const [method, value] of Object.entries(object(methods))) {
      const operation = object(value);
      const tag = text(list(operation["tags"])[0]) || "Other";
      groups.set(tag, [...(groups.get(tag) ?? []), operationOf(method, path, operation)]);
    }
  return {
    title: text(info["title"]),
    description: text(info["description"]),
    groups: [...groups].map(([tag, operations]) => ({ tag, operations })),
  };
}
