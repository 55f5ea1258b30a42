export type Precision = "instant" | "day" | "month" | "year";

export interface Moment {
  readonly at: Date;
  readonly precision: Precision;
}

const shape =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?)?)?$/;
const earliestYear = 1800;
const latestYear = 2200;

/** A day that is in the calendar, `YYYY-MM-DD`, or null. */
export function dayOf(text: string): string | null {
  const [year, month, day] = text.split("-").map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year
    ? text
    : null;
}

/** The parts of a FHIR date or dateTime, or the code of what is wrong with it. */
function partsOf(text: string): RegExpExecArray | "not-a-date" | "date-out-of-range" {
  const parts = shape.exec(text);
  if (parts === null) return "not-a-date";
  const year = Number(parts[1]);
  if (year < earliestYear || year > latestYear) return "date-out-of-range";
  return dayOf(`${parts[1]}-${parts[2] ?? "01"}-${parts[3] ?? "01"}`) === null ? "not-a-date" : parts;
}

/**
 * A FHIR dateTime as an instant and how exactly it was told. A day, month or year is its first moment in the
 * hospital's zone (`timeZone`, an IANA name). A time must name its zone.
 */
export function momentOf(
  text: string,
  timeZone: string,
): Moment | "not-a-date" | "date-out-of-range" | "no-zone" {
  const parts = partsOf(text);
  if (typeof parts === "string") return parts;
  const [, year, month, day, hour, , second, , zone] = parts;
  if (hour !== undefined) {
    if (zone === undefined) return "no-zone";
    // A leap second is the last one of its minute to every clock that does not know it.
    return { at: new Date(second === "60" ? text.replace(/:60/, ":59") : text), precision: "instant" };
  }
  const first = Temporal.PlainDate.from(`${year}-${month ?? "01"}-${day ?? "01"}`);
  return {
    at: new Date(first.toZonedDateTime(timeZone).epochMilliseconds),
    precision: day !== undefined ? "day" : month !== undefined ? "month" : "year",
  };
}

/** A FHIR date as a day, and whether only its month or year was told (then the first day of it). */
export function birthDayOf(
  text: string,
): { readonly day: string; readonly estimated: boolean } | "not-a-date" | "date-out-of-range" {
  const parts = partsOf(text);
  if (typeof parts === "string") return parts;
  if (parts[4] !== undefined) return "not-a-date";
  return { day: `${parts[1]}-${parts[2] ?? "01"}-${parts[3] ?? "01"}`, estimated: parts[3] === undefined };
}
