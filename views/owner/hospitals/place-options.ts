import { localeOf } from "../../format.ts";
import { languages } from "../../messages/catalogue.ts";
import type { Page } from "../../page.ts";
import type { Option } from "../../ui/choices.tsx";

const zones: readonly Option[] = ["UTC", ...Intl.supportedValuesOf("timeZone")].map((value) => ({
  value,
  label: value.replaceAll("_", " "),
}));

/** Every time zone there is, by its IANA name. */
export function zoneOptions(): readonly Option[] {
  return zones;
}

/** Every currency there is: code and name in the reader's language. */
export function currencyOptions(page: Pick<Page, "lang">): readonly Option[] {
  const names = new Intl.DisplayNames([localeOf(page.lang)], { type: "currency" });
  return Intl.supportedValuesOf("currency").map((value) => ({
    value,
    label: `${value} · ${names.of(value) ?? value}`,
  }));
}

/** The languages of the product, each by its own name. */
export function languageOptions(): readonly Option[] {
  return languages.map(({ code, name }) => ({ value: code, label: name }));
}
