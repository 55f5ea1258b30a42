import type { Language } from "../page.ts";
import { en, type Messages } from "./en.ts";
import { hi } from "./hi.ts";
import { ur } from "./ur.ts";

export const catalogue: Readonly<Record<Language, Messages>> = { en, ur, hi };

/** The languages on offer, each by its own name for itself. */
export const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "ur", name: "اردو" },
  { code: "hi", name: "हिन्दी" },
];

/** The language of a header or cookie, or null where it is none of ours: `ur-PK` is `ur`. */
export function languageOf(tag: string | null | undefined): Language | null {
  const primary = (tag ?? "").toLowerCase().split(/[-_]/)[0];
  return languages.find((language) => language.code === primary)?.code ?? null;
}
