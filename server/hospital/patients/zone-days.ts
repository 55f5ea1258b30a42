/** Days of the calendar as they fall in a hospital's zone. Dates are `YYYY-MM-DD`. */

const dayFormats = new Map<string, Intl.DateTimeFormat>();
const clockFormats = new Map<string, Intl.DateTimeFormat>();

function formatOf(
  formats: Map<string, Intl.DateTimeFormat>,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone });
  formats.set(zone, made);
  return made;
}

/** The date that an instant falls on. */
export function dayOf(zone: string, instant: Date): string {
  return formatOf(dayFormats, zone, {}).format(instant);
}

/** Milliseconds by which the zone's clocks are ahead of UTC at an instant. */
function aheadMs(zone: string, instant: Date): number {
  const format = formatOf(clockFormats, zone, {
    ...{ year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  });
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const shown = Date.UTC(
    ...([part["year"] ?? 0, (part["month"] ?? 1) - 1, part["day"] ?? 1] as const),
    ...([part["hour"] ?? 0, part["minute"] ?? 0, part["second"] ?? 0] as const),
  );
  return shown - Math.floor(instant.getTime() / 1000) * 1000;
}

/** The first instant of a date. */
export function startOfDay(zone: string, date: string): Date {
  const asUtc = Date.parse(`${date}T00:00:00Z`);
  const first = new Date(asUtc - aheadMs(zone, new Date(asUtc)));
  // Where the clocks change around midnight the first guess may be off by the change.
  return new Date(asUtc - aheadMs(zone, first));
}

/** The date on which somebody of this age was born, as nearly as the age tells. */
export function bornForAge(today: string, age: number, unit: "years" | "months" | "days"): string {
  const [year = 0, month = 1, day = 1] = today.split("-").map(Number);
  if (unit === "days") return isoOf(Date.UTC(year, month - 1, day - age));
  const months = unit === "years" ? age * 12 : age;
  const target = new Date(Date.UTC(year, month - 1 - months, 1));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  return isoOf(Date.UTC(target.getUTCFullYear(), target.getUTCMonth(), Math.min(day, lastDay)));
}

const isoOf = (at: number) => new Date(at).toISOString().slice(0, 10);
