import type { ErrorKind } from "../server/errors.ts";
import type { Page } from "./page.ts";

/**
 * The words of a refusal in the person's language: by its code where the catalogue has it, in English the
 * rule's own sentence, else by its kind.
 */
export function errorText(
  page: Pick<Page, "t" | "lang">,
  error: { readonly kind: ErrorKind; readonly code: string; readonly message: string },
): string {
  const byCode: Readonly<Record<string, string>> = page.t.errors;
  const known = byCode[error.code];
  if (known !== undefined) return known;
  return page.lang === "en" && error.kind !== "internal" ? error.message : page.t.errorKinds[error.kind];
}
