import type { Language, Page } from "./page.ts";

/** What a figure or a date needs to know of the request. */
export type Place = Pick<Page, "lang" | "zone" | "now" | "t" | "currency">;

const locales: Readonly<Record<Language, string>> = { en: "en-GB", ur: "ur-PK", hi: "hi-IN" };

/** The locale that dates and figures are written by. */
export function localeOf(lang: Language): string {
  return locales[lang];
}

// Intl's formatters cost 20 to 60 µs to make and next to nothing to use: each is made once.
const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  const known = made.get(key);
  if (known !== undefined) return known as T;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

function dateFormat(lang: Language, zone: string, style: string, options: Intl.DateTimeFormatOptions) {
  const key = `date ${lang} ${zone} ${style}`;
  return once(key, () => new Intl.DateTimeFormat(locales[lang], { ...options, timeZone: zone }));
}

const languageTag = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/;

/** The name of a language that is on record by its tag (`en-US`, BCP 47), as imported ones are; any other words as they stand. */
export function languageName({ lang }: Pick<Place, "lang">, told: string): string {
  if (!languageTag.test(told)) return told;
  const names = once(
    `language ${lang}`,
    () => new Intl.DisplayNames(locales[lang], { type: "language", fallback: "none" }),
  );
  try {
    return names.of(told) ?? told;
  } catch {
    // It only looked like a tag.
    return told;
  }
}

const dayOptions: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const clockOptions: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

// The same rows are shown again and again: their dates are written once.
const written = new Map<string, string>();
const writtenAtMost = 20_000;

function writtenOnce(key: string, write: () => string): string {
  const known = written.get(key);
  if (known !== undefined) return known;
  const fresh = write();
  if (written.size >= writtenAtMost) written.clear();
  written.set(key, fresh);
  return fresh;
}

/** A calendar date, `YYYY-MM-DD`, as "12 Mar 2024". It has no zone: the day written is the day meant. */
export function formatDate(place: Pick<Place, "lang">, date: string): string {
  return writtenOnce(`${place.lang} ${date}`, () => {
    const [year = 0, month = 1, day = 1] = date.slice(0, 10).split("-").map(Number);
    return dateFormat(place.lang, "UTC", "day", dayOptions).format(new Date(Date.UTC(year, month - 1, day)));
  });
}

/** An instant in the hospital's zone: "12 Mar 2024, 14:05". */
export function formatInstant(place: Pick<Place, "lang" | "zone">, instant: Date | string): string {
  return dateFormat(place.lang, place.zone, "instant", { ...dayOptions, ...clockOptions }).format(
    asDate(instant),
  );
}

/** An instant to the second with its zone, for a title: "12 Mar 2024, 14:05:09 GMT+5". */
export function formatInstantFully(place: Pick<Place, "lang" | "zone">, instant: Date | string): string {
  const at = asDate(instant);
  return writtenOnce(`full ${place.lang} ${place.zone} ${at.getTime()}`, () => {
    const options: Intl.DateTimeFormatOptions = {
      ...dayOptions,
      ...clockOptions,
      second: "2-digit",
      timeZoneName: "short",
    };
    return dateFormat(place.lang, place.zone, "full", options).format(at);
  });
}

/** The time of day in the hospital's zone: "14:05". */
export function formatClock(place: Pick<Place, "lang" | "zone">, instant: Date | string): string {
  return dateFormat(place.lang, place.zone, "clock", clockOptions).format(asDate(instant));
}

/** The calendar date, `YYYY-MM-DD`, that an instant falls on in a zone. */
export function dateInZone(zone: string, instant: Date): string {
  // Days begin on a whole minute in every zone.
  return writtenOnce(`iso ${zone} ${Math.floor(instant.getTime() / 60_000)}`, () => {
    const format = once(`iso ${zone}`, () => new Intl.DateTimeFormat("en-CA", { timeZone: zone }));
    return format.format(instant);
  });
}

const spans: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "14 min ago", "in 3 days", "just now": how far an instant is from the page's now. */
export function formatAgo(place: Pick<Place, "lang" | "now" | "t">, instant: Date | string): string {
  const seconds = (asDate(instant).getTime() - place.now.getTime()) / 1000;
  const format = once(`ago ${place.lang}`, () => {
    return new Intl.RelativeTimeFormat(locales[place.lang], { style: "short", numeric: "always" });
  });
  for (const [unit, size] of spans) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return place.t.dates.now;
}

/** A length of time in its two largest units: "2 min 5 sec". Milliseconds in. */
export function formatDuration(place: Pick<Place, "lang">, milliseconds: number): string {
  const total = Math.max(0, milliseconds);
  if (total < 1000) return unit(place.lang, "millisecond", Math.round(total));
  const seconds = Math.round(total / 1000);
  const parts: (readonly [string, number])[] = [
    ["day", Math.floor(seconds / 86_400)],
    ["hour", Math.floor(seconds / 3600) % 24],
    ["minute", Math.floor(seconds / 60) % 60],
    ["second", seconds % 60],
  ];
  const first = parts.findIndex(([, value]) => value > 0);
  const shown = parts.slice(first, first + 2).filter(([, value]) => value > 0);
  return shown.map(([name, value]) => unit(place.lang, name, value)).join(" ");
}

function unit(lang: Language, name: string, value: number): string {
  const options: Intl.NumberFormatOptions = { style: "unit", unit: name, unitDisplay: "short" };
  return once(`unit ${lang} ${name}`, () => new Intl.NumberFormat(locales[lang], options)).format(value);
}

/** A count or measure in the language's grouping. */
export function formatNumber(place: Pick<Place, "lang">, value: number | bigint, digits = 0): string {
  const options: Intl.NumberFormatOptions = { maximumFractionDigits: digits };
  return once(
    `number ${place.lang} ${digits}`,
    () => new Intl.NumberFormat(locales[place.lang], options),
  ).format(value);
}

/** A share from 0 to 1 as "42%". */
export function formatPercent(place: Pick<Place, "lang">, share: number): string {
  const format = once(`percent ${place.lang}`, () => {
    return new Intl.NumberFormat(locales[place.lang], { style: "percent", maximumFractionDigits: 0 });
  });
  return format.format(share);
}

/** Money from minor units (paisa, cents; a currency without them counts whole units) in its currency, else the page's. */
export function formatMoney(
  place: Pick<Place, "lang" | "currency">,
  amountMinor: number | bigint,
  currency: string = place.currency,
): string {
  const format = once(`money ${place.lang} ${currency}`, () => {
    return new Intl.NumberFormat(locales[place.lang], { style: "currency", currency });
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(Number(amountMinor) / 10 ** digits);
}

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A size in bytes as "1.4 MB" (powers of 1,000). */
export function formatBytes(place: Pick<Place, "lang">, bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const name = byteUnits[power] ?? "byte";
  const format = once(`bytes ${place.lang} ${name}`, () => {
    const options: Intl.NumberFormatOptions = {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: power > 1 ? 1 : 0,
    };
    return new Intl.NumberFormat(locales[place.lang], options);
  });
  return format.format(bytes / 1000 ** power);
}

/** A record number in groups that can be read out, counted from the end, its check character by itself: 100 000 001 K. */
export function mrnGroups(mrn: string): readonly string[] {
  if (mrn.length < 6 || /[^0-9A-Z]/.test(mrn)) return [mrn];
  const body = mrn.slice(0, -1);
  const head = body.length % 3;
  return [body.slice(0, head), ...(body.slice(head).match(/.{3}/g) ?? []), mrn.slice(-1)].filter(Boolean);
}

function asDate(instant: Date | string): Date {
  return instant instanceof Date ? instant : new Date(instant);
}
