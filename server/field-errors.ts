import { type ValueError, ValueErrorType } from "@sinclair/typebox/value";
import type { FieldError } from "./errors.ts";

/** The one translation from what TypeBox finds to the fields and codes that people are told. */

const codeOfFormat: Readonly<Record<string, string>> = {
  email: "not-an-email",
  date: "not-a-date",
  "date-time": "not-a-time",
  uuid: "not-an-id",
};

const english: Readonly<Record<string, string>> = {
  required: "Enter this.",
  "too-long": "This is too long.",
  "too-short": "This is too short.",
  "too-small": "This is too low.",
  "too-large": "This is too high.",
  "too-many": "That is too many.",
  "not-a-number": "Enter a number.",
  "not-a-whole-number": "Enter a whole number.",
  "not-a-date": "Enter a date, such as 2024-03-12.",
  "not-a-time": "Enter a date and time.",
  "not-an-email": "Enter an e-mail address, such as name@example.com.",
  "not-a-phone": "Enter a phone number.",
  "not-an-id": "This is not a valid reference.",
  "not-one-of": "This is not one of the allowed values.",
  "control-characters": "Remove the hidden characters; type it again.",
  "bad-characters": "Some of these characters are not allowed.",
  invalid: "This is not valid.",
};

function codeOf(error: ValueError): string {
  const { schema, type, value } = error;
  const refusal: unknown = schema["refusal"];
  switch (type) {
    case ValueErrorType.ObjectRequiredProperty:
      return "required";
    case ValueErrorType.String:
      return value === undefined ? "required" : "invalid";
    case ValueErrorType.StringMinLength:
      return value === "" ? "required" : "too-short";
    case ValueErrorType.StringMaxLength:
      return "too-long";
    case ValueErrorType.ArrayMaxItems:
      return "too-many";
    case ValueErrorType.ArrayMinItems:
      return "required";
    case ValueErrorType.NumberMinimum:
    case ValueErrorType.IntegerMinimum:
    case ValueErrorType.NumberExclusiveMinimum:
    case ValueErrorType.IntegerExclusiveMinimum:
      return "too-small";
    case ValueErrorType.NumberMaximum:
    case ValueErrorType.IntegerMaximum:
    case ValueErrorType.NumberExclusiveMaximum:
    case ValueErrorType.IntegerExclusiveMaximum:
      return "too-large";
    case ValueErrorType.Number:
      return "not-a-number";
    case ValueErrorType.Integer:
      return "not-a-whole-number";
    case ValueErrorType.Union: {
      if (value === undefined) return "required";
      // Of "this, or null" the fault is this one's.
      const inner = error.errors.flatMap((errors) => errors.First() ?? []);
      const [only, ...others] = inner.filter((found) => found.type !== ValueErrorType.Null);
      return only !== undefined && others.length === 0 ? codeOf(only) : "not-one-of";
    }
    case ValueErrorType.Literal:
      return value === undefined ? "required" : "not-one-of";
    default: {
      if (value === undefined || (typeof value === "string" && value.trim() === "")) return "required";
      if (typeof refusal === "string") return refusal;
      const format: unknown = schema["format"];
      return (typeof format === "string" && codeOfFormat[format]) || "invalid";
    }
  }
}

/** `/firstAdmin/email` is the field `firstAdmin.email`; what concerns the whole body is `body`. */
const fieldOf = (path: string) => path.replace(/^\//, "").replaceAll("/", ".") || "body";

/** One error a field, the first found: what is missing comes before what is malformed. */
export function fieldErrors(found: Iterable<ValueError>, atMost = 50, within = ""): FieldError[] {
  const byField = new Map<string, FieldError>();
  for (const error of found) {
    const field = fieldOf(`${within}${error.path}`);
    if (byField.has(field)) continue;
    const code = codeOf(error);
    byField.set(field, { field, code, message: english[code] ?? "This is not valid." });
    if (byField.size >= atMost) break;
  }
  return [...byField.values()];
}
