/**
 * Brings the document that the plugin writes into the form that other programs read without surprises: OpenAPI
 * 3.1, plain JSON Schema, each titled schema once, and what holds for every route (keys, ETags, media) said.
 */

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text that stands for a number or a flag in an address; a document says what it stands for. */
const stringForms = new Set(["integer", "numeric", "boolean", "ObjectString", "ArrayString"]);
const isStringForm = (option: unknown) =>
  isObject(option) && option["type"] === "string" && stringForms.has(String(option["format"]));

/** One schema without what only this app's checker knows. */
function tidySchema(schema: Json): Json {
  const { refusal: _, nullable: __, anyOf, patternProperties, ...rest } = schema;
  if (rest["type"] === "File") return { type: "string", format: "binary" };
  if (rest["type"] === "Date") return { type: "string", format: "date-time" };
  const keys = object(patternProperties);
  if ("^(.*)$" in keys) rest["additionalProperties"] = keys["^(.*)$"];
  else if (patternProperties !== undefined) rest["patternProperties"] = patternProperties;
  if (!Array.isArray(anyOf)) return rest;
  const options = anyOf.filter((option) => !isStringForm(option));
  const [only] = options;
  if (options.length === 1 && isObject(only)) return { ...rest, ...tidySchema(only) };
  const constants = options.map((option) => object(option)["const"]);
  return constants.every((value) => value !== undefined)
    ? { ...rest, type: typeof constants[0], enum: constants }
    : { ...rest, anyOf: options };
}

/** Tidies every schema below, and puts those with a title into `schemas`, once each. */
function tidyDeep(value: unknown, schemas: Map<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((one) => tidyDeep(one, schemas));
  if (!isObject(value)) return value;
  const tidied = Object.fromEntries(
    Object.entries(tidySchema(value)).map(([name, inner]) => [name, tidyDeep(inner, schemas)]),
  );
  const { title, type } = tidied;
  if (type !== "object" || typeof title !== "string") return tidied;
  const name = title.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase());
  const known = schemas.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(tidied)) return tidied;
  schemas.set(name, tidied);
  return { $ref: `#/components/schemas/${name}` };
}

const hasBinary = (content: unknown) => JSON.stringify(content).includes('"binary"');

/** A body is JSON, or a form where files come with it; the plugin lists all that it could parse. */
function tidyBody(body: unknown, required: boolean): Json {
  const media = Object.values(object(object(body)["content"]))[0] ?? {};
  return { required, content: { [hasBinary(media) ? "multipart/form-data" : "application/json"]: media } };
}

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const header = (name: string, description: string, pattern?: string) => ({
  ...{ name, in: "header", required: false, description },
  schema: { type: "string", ...(pattern === undefined ? {} : { pattern }) },
});

export const sharedParameters = {
  IdempotencyKey: header(
    "Idempotency-Key",
    "Sent again with the same body, the first answer is given again and nothing is done twice.",
    "^[\\x21-\\x7e]{1,200}$",
  ),
  IfMatch: header("If-Match", "ETag of the row as it was read; where the row has moved on, 412."),
  AppKey: header(
    "X-App-Key",
    "An app key (`wlapp_…`): names the program where nobody's token is sent. Needed where the hospital asks for it.",
  ),
  IfNoneMatch: header("If-None-Match", "ETag that is already held; where it still stands, 304."),
};
const parameterRef = (name: keyof typeof sharedParameters) => ({ $ref: `#/components/parameters/${name}` });
const textHeader = (description: string) => ({ description, schema: { type: "string" } });

const properties = (schema: unknown) => object(object(schema)["properties"]);

/** What holds for every route of a kind, so that no route has to say it. */
function tidyOperation(method: string, operation: Json, bodyRequired: boolean): Json {
  const responses: Json = { ...object(operation["responses"]) };
  const parameters = [...list(operation["parameters"])];
  const isOpen = list(operation["security"]).length === 0;
  const changes = method !== "get";
  if (!isOpen) responses["404"] ??= problem("X-Tenant-ID names another hospital.");
  if (isOpen) parameters.push(parameterRef("AppKey"));
  if (isOpen) responses["401"] ??= problem("The app key in X-App-Key is missing or not valid.");
  if (changes && !isOpen) {
    parameters.push(parameterRef("IdempotencyKey"));
    responses["409"] ??= problem("The same Idempotency-Key is being worked on.");
  }
  if ("412" in responses) parameters.push(parameterRef("IfMatch"));
  if ("304" in responses) parameters.push(parameterRef("IfNoneMatch"));
  if (changes) responses["415"] ??= problem("The body is not of a media type that is taken here.");
  for (const [status, given] of Object.entries(responses)) {
    const answer = object(given);
    const [media] = Object.values(object(answer["content"]));
    const isList = "nextCursor" in properties(object(media)["schema"]);
    const headers = {
      ...(status === "201" ? { Location: textHeader("Address of what was made.") } : {}),
      ...(isList ? { Link: textHeader("`first` and `next` page (RFC 8288).") } : {}),
      ...("304" in responses && status === "200" ? { ETag: textHeader("The row's version.") } : {}),
    };
    if (Object.keys(headers).length > 0) responses[status] = { ...answer, headers };
  }
  return {
    ...operation,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation["requestBody"] === undefined
      ? {}
      : { requestBody: tidyBody(operation["requestBody"], bodyRequired) }),
    responses,
  };
}

/**
 * The document as it is published. `optionalBodies` names the routes (`delete /api/…/{id}`) that may be asked
 * without a body.
 */
export function publishedDocument(written: unknown, optionalBodies: ReadonlySet<string>): Json {
  const { paths, components, ...rest } = object(written);
  const schemas = new Map<string, Json>();
  const tidiedPaths: Json = {};
  const tags = new Set<string>();
  for (const [path, methods] of Object.entries(object(paths))) {
    const tidied: Json = {};
    for (const [method, operation] of Object.entries(object(methods))) {
      for (const tag of list(object(operation)["tags"])) tags.add(String(tag));
      const complete = tidyOperation(method, object(operation), !optionalBodies.has(`${method} ${path}`));
      tidied[method] = tidyDeep(complete, schemas);
    }
    tidiedPaths[path] = tidied;
  }
  return {
    ...rest,
    openapi: "3.1.0",
    tags: [...tags].map((name) => ({ name })),
    paths: tidiedPaths,
    components: {
      ...object(components),
      parameters: sharedParameters,
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b))),
    },
  };
}
