import { dateInZone, type Place } from "./format.ts";

/** How old a person is, in the unit that is said at the bedside. */
export interface Age {
  readonly unit: "days" | "months" | "years";
  readonly value: number;
}

/** Age on a date, both `YYYY-MM-DD`: days under two months, months under two years, years after. Never below 0. */
export function ageOn(bornOn: string, onDate: string): Age {
  const born = parts(bornOn);
  const on = parts(onDate);
  const monthsApart = (on.year - born.year) * 12 + (on.month - born.month) - (on.day < born.day ? 1 : 0);
  if (monthsApart >= 24) return { unit: "years", value: Math.floor(monthsApart / 12) };
  if (monthsApart >= 2) return { unit: "months", value: monthsApart };
  const days =
    (Date.UTC(on.year, on.month - 1, on.day) - Date.UTC(born.year, born.month - 1, born.day)) / 86_400_000;
  return { unit: "days", value: Math.max(0, days) };
}

/** "34 years", "about 60 years": the age in words, on the page's day or on `onDate` (the day of death). */
export function formatAge(
  place: Pick<Place, "t" | "zone" | "now">,
  bornOn: string,
  options: { readonly estimated?: boolean; readonly onDate?: string | null } = {},
): string {
  const age = ageOn(bornOn, options.onDate ?? dateInZone(place.zone, place.now));
  const words = wordsOf(place, age);
  return options.estimated === true ? place.t.person.about(words) : words;
}

function wordsOf(place: Pick<Place, "t">, age: Age): string {
  if (age.unit === "days") return place.t.person.ageDays(age.value);
  return age.unit === "months" ? place.t.person.ageMonths(age.value) : place.t.person.ageYears(age.value);
}

function parts(date: string): { year: number; month: number; day: number } {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split("-").map(Number);
  return { year, month, day };
}
