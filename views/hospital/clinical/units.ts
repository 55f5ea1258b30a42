import { formatNumber, type Place } from "../../format.ts";

const shown: Readonly<Record<string, string>> = {
  "mm[Hg]": "mmHg",
  Cel: "°C",
  "[degF]": "°F",
  "kg/m2": "kg/m²",
  m2: "m²",
  "10*3/uL": "10³/µL",
  "10*6/uL": "10⁶/µL",
  "10*9/L": "10⁹/L",
  "10*12/L": "10¹²/L",
  "/min": "/min",
  "{beats}/min": "/min",
};

/** A UCUM unit as it is written on a chart: `mm[Hg]` is mmHg, and what stands in braces says nothing. */
export function formatUnit(unit: string | null): string {
  if (unit === null) return "";
  return (
    shown[unit] ??
    unit
      .replace("{1.73_m2}", "1.73 m²")
      .replace(/\{[^}]*\}/g, "")
      .replace(/^\/$/, "")
      .replaceAll("[", "")
      .replaceAll("]", "")
      .replace(/\bu([gLm])/g, "µ$1")
  );
}

/** A measured decimal with no more digits than are read: two after the point, one from a hundred on. */
export function formatMeasure(page: Pick<Place, "lang">, decimal: string): string {
  const value = Number(decimal);
  if (!Number.isFinite(value)) return decimal;
  const size = Math.abs(value);
  // Something very small would read as nothing.
  if (size > 0 && size < 0.01) return decimal;
  return formatNumber(page, value, size >= 100 ? 1 : 2);
}
