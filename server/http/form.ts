import type { Page } from "../../views/page.ts";
import type { FormState } from "../../views/ui/form-state.ts";
import { stepUpRequired } from "../auth/step-up.ts";
import { AppError } from "../errors.ts";
import type { Parsed } from "../input.ts";
import { errorText } from "./errors.ts";

/** What a form sent, as its fields show it again. */
export function valuesOf(body: unknown): Record<string, string | undefined> {
  const values: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(typeof body === "object" && body !== null ? body : {}))
    if (typeof value === "string") values[name] = value;
  return values;
}

/** The version of the row that a form was made from. */
export function versionOf(body: unknown): number | undefined {
  const version = valuesOf(body)["version"];
  return version !== undefined && /^\d{1,9}$/.test(version) ? Number(version) : undefined;
}

/** Every value that was sent under a name: boxes ticked, files' names. */
export function chosenOf(body: unknown, name: string): readonly string[] {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}

export interface Refusal {
  readonly form: FormState;
  readonly status: number;
  /** What is wrong with the whole rather than with a field. */
  readonly whole?: string;
}

/** A form shown again with what was refused: what was entered still stands in it. Throws on what is no refusal. */
export function refusalOf(page: Page, body: unknown, error: unknown): Refusal {
  if (!(error instanceof AppError) || error.status >= 500 || error.kind === "not-found") throw error;
  // The proof that is asked for first is given on a page of its own, which keeps what was entered.
  if (error.code === stepUpRequired) throw error;
  const form = { values: valuesOf(body), errors: error.fields };
  return error.fields.length > 0
    ? { form, status: error.status }
    : { form, status: error.status, whole: errorText(page, error) };
}

/** What a form was read as. @throws AppError invalid (422) naming the fields. */
export function refuseInvalid<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields: parsed.errors });
}

/** For forms that change a row: a field that may not be empty was emptied. @throws AppError invalid (422) naming it. */
export function refuseBlank(body: unknown, names: readonly string[]): void {
  const sent = valuesOf(body);
  const fields = names
    .filter((name) => sent[name]?.trim() === "")
    .map((field) => ({ field, code: "required", message: "Enter this." }));
  if (fields.length > 0)
    throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields });
}
