import type { FieldError } from "../../server/errors.ts";
import type { Page } from "../page.ts";

/** What a form shows: what was entered (or stands in the row), and what is wrong with it. */
export interface FormState {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly errors: readonly FieldError[];
  /** Prefix of the field ids, where two forms with the same names stand on one page. */
  readonly idPrefix?: string;
}

export const emptyForm: FormState = { values: {}, errors: [] };

/** The id of a field's input: what a label, an error and the summary's link point at. */
export function fieldId(form: FormState, name: string): string {
  return `${form.idPrefix ?? "f"}-${name.replace(/[^A-Za-z0-9_-]/g, "-")}`;
}

export function errorOf(form: FormState, name: string): FieldError | undefined {
  return form.errors.find((error) => error.field === name);
}

/**
 * The words of a field's error: the catalogue's by its code; in English, where the rule wrote a fuller
 * sentence than the catalogue has, the rule's own.
 */
export function fieldErrorText(page: Pick<Page, "t" | "lang">, error: FieldError): string {
  const byCode: Readonly<Record<string, string>> = page.t.validation;
  const known = byCode[error.code];
  if (page.lang === "en" && error.message !== "") return error.message;
  return known ?? page.t.validation.invalid;
}
