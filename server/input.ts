import { FormatRegistry, type IntegerOptions, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { Value } from "@sinclair/typebox/value";
import { type Static, type TSchema, t } from "elysia";
import type { FieldError } from "./errors.ts";
import { fieldErrors } from "./field-errors.ts";

/** The building blocks of every input. A schema may name the code of its refusal with `refusal`. */

/** No control characters, no marks that turn text round (bidi controls), no byte order mark. Line ends only where asked for. */
const oneLine = "^[^\\u0000-\\u001F\\u007F-\\u009F\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\uFEFF]*$";
const manyLines =
  "^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uFEFF]*$";

// Half of a surrogate pair is no character: the database would keep another in its place.
FormatRegistry.Set("words", (text) => text.isWellFormed());
FormatRegistry.Set("text", (text) => text.isWellFormed() && text.trim() !== "");

/** One line of text of 1 to `max` characters. */
export const line = (max: number, options: { readonly min?: number; readonly description?: string } = {}) =>
  t.String({
    minLength: options.min ?? 1,
    maxLength: max,
    pattern: oneLine,
    format: "text",
    refusal: "control-characters",
    ...(options.description === undefined ? {} : { description: options.description }),
  });

/** Text of several lines. */
export const lines = (max: number) =>
  t.String({
    minLength: 1,
    maxLength: max,
    pattern: manyLines,
    format: "text",
    refusal: "control-characters",
  });

/** What is searched for; nothing at all is fine. Marks of direction, as keyboards put them there, do no harm. */
export const searchText = (max: number, description: string) =>
  t.String({
    maxLength: max,
    pattern: "^[^\\u0000-\\u001F\\u007F-\\u009F]*$",
    format: "words",
    refusal: "control-characters",
    description,
  });

/** A whole number in a body: digits in quotes are text. (In an address, and in forms, all is text: `t.Integer`.) */
export const wholeNumber = (options: IntegerOptions = {}) => Type.Integer(options);

export const email = () =>
  t.String({ minLength: 3, maxLength: 254, format: "email", pattern: oneLine, refusal: "not-an-email" });

/** A phone number as people write it; the rule brings it to one form. */
export const phone = () =>
  t.String({
    minLength: 3,
    maxLength: 40,
    pattern: "^[+()\\-. /]*[0-9][+0-9()\\-. /]*$",
    refusal: "not-a-phone",
  });

// Elysia's own check lets 30 February pass.
FormatRegistry.Set("date", (text) => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
});

/** A date without time, `YYYY-MM-DD`, that exists in the calendar. */
export const isoDate = () =>
  t.String({ format: "date", pattern: "^\\d{4}-\\d{2}-\\d{2}$", refusal: "not-a-date" });

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is an id as the database takes it; all else is nobody's. */
export function isId(text: string): boolean;
export function isId(text: unknown): text is string;
export function isId(text: unknown): boolean {
  return typeof text === "string" && idPattern.test(text);
}

export const uuid = () => t.String({ format: "uuid", refusal: "not-an-id" });

/** One of a closed list. */
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => {
  const schema = t.UnionEnum(values, { type: "string", refusal: "not-one-of" });
  // Elysia would put the first value where none was given: a field left out must stay out.
  delete schema.default;
  return schema;
};

/** The paging of every list: `limit` rows from where `cursor` says. */
export const pagingQuery = {
  limit: t.Optional(
    t.Integer({ minimum: 1, maximum: 100, default: 20, description: "Rows a page, 1 to 100." }),
  ),
  cursor: t.Optional(
    t.String({
      maxLength: 500,
      pattern: "^[A-Za-z0-9_-]*$",
      description: "Where the page begins: `nextCursor` of the page before.",
    }),
  ),
};

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

const compiled = new WeakMap<TSchema, ReturnType<typeof TypeCompiler.Compile>>();

/** A password is what was typed, its spaces too. */
const asTyped = /password$/i;

/**
 * Reads a submitted form: text but passwords is trimmed, an empty field is an absent one, numbers and booleans are converted,
 * fields that the schema does not know are dropped. For what comes from elsewhere as JSON, `parseJson`.
 */
export function parseForm<S extends TSchema>(schema: S, form: unknown): Parsed<Static<S>> {
  const tidy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(typeof form === "object" && form !== null ? form : {})) {
    const trimmed = typeof value === "string" && !asTyped.test(name) ? value.trim() : value;
    if (trimmed !== "") tidy[name] = trimmed;
  }
  return parseJson(schema, Value.Convert(schema, tidy));
}

/** Checks a value against a schema, dropping what the schema does not know. */
export function parseJson<S extends TSchema>(schema: S, value: unknown): Parsed<Static<S>> {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = TypeCompiler.Compile(schema);
    compiled.set(schema, check);
  }
  const clean = Value.Clean(schema, value);
  if (check.Check(clean)) return { ok: true, value: clean as Static<S> };
  return { ok: false, errors: fieldErrors(check.Errors(clean)) };
}
