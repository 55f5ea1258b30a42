/** What somebody typed or scanned into the search, taken apart. */
export interface SearchTerms {
  /** Words of a name, each to be found at the start of a word. */
  readonly words: readonly string[];
  /** Parts of a record number, phone or national id, without the marks that people write in them. */
  readonly numbers: readonly string[];
}

const atMost = 5;

/** Digits of Arabic, Urdu and Devanagari as ASCII ones. */
function plainDigits(text: string): string {
  return text
    .replace(/[٠-٩]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x6f0))
    .replace(/[०-९]/g, (digit) => String((digit.codePointAt(0) ?? 0) - 0x966));
}

const collapse = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^0+(?=\d{3})/, "");

/** What can be printed of a search, its blanks made one. */
export function tidySearch(text: string | undefined): string {
  return plainDigits((text ?? "").normalize("NFC"))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
}

/** Null: nothing was typed. No words and no numbers: something was typed that no patient can match. */
export function readSearch(text: string | undefined): SearchTerms | null {
  const typed = tidySearch(text);
  if (typed === "") return null;
  const tokens = typed.split(" ").filter((token) => /[\p{L}\p{N}]/u.test(token));
  const hasDigit = (token: string) => /\d/.test(token);
  if (tokens.length > 0 && tokens.every(hasDigit)) return { words: [], numbers: [collapse(typed)] };
  return {
    words: tokens.filter((token) => !hasDigit(token)).slice(0, atMost),
    numbers: tokens.filter(hasDigit).map(collapse).slice(0, atMost),
  };
}

/** A text in which LIKE finds no wildcard. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
}
