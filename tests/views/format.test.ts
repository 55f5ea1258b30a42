import { describe, expect, test } from "bun:test";
import { ageOn, formatAge } from "../../views/age.ts";
import {
  dateInZone,
  formatAgo,
  formatBytes,
  formatDate,
  formatDuration,
  formatInstant,
  formatMoney,
  formatNumber,
  languageName,
  mrnGroups,
  type Place,
} from "../../views/format.ts";
import { catalogue } from "../../views/messages/catalogue.ts";

const now = new Date("2026-03-12T20:30:00Z");
const inEnglish: Place = { lang: "en", zone: "Asia/Karachi", now, t: catalogue.en, currency: "PKR" };
const inHindi: Place = { ...inEnglish, lang: "hi", zone: "Asia/Kolkata", t: catalogue.hi, currency: "INR" };
const inUrdu: Place = { ...inEnglish, lang: "ur", t: catalogue.ur };

test("a language on record by its tag is named in the reader's language, other words stay", () => {
  expect(languageName(inEnglish, "en-US")).toBe("American English");
  expect(languageName(inUrdu, "es")).toBe("ہسپانوی");
  for (const told of ["Punjabi, some Urdu", "Urdu", "qzz", "aa-b1-c2-dddddddd9"])
    expect(languageName(inEnglish, told)).toBe(told);
});

describe("dates", () => {
  test("a calendar date is the day written, whatever the zone", () => {
    expect(formatDate(inEnglish, "1984-03-12")).toBe("12 Mar 1984");
    expect(formatDate({ lang: "en" }, "2024-02-29")).toBe("29 Feb 2024");
  });

  test("an instant is told in the hospital's zone, over the day's edge", () => {
    expect(formatInstant(inEnglish, now)).toBe("13 Mar 2026, 01:30");
    expect(formatInstant({ ...inEnglish, zone: "UTC" }, now)).toBe("12 Mar 2026, 20:30");
    expect(dateInZone("Asia/Karachi", now)).toBe("2026-03-13");
    expect(dateInZone("America/New_York", now)).toBe("2026-03-12");
  });

  test("how long ago is said in the largest whole unit", () => {
    const ago = (seconds: number) => formatAgo(inEnglish, new Date(now.getTime() - seconds * 1000));
    expect(ago(10)).toBe("Just now");
    expect(ago(14 * 60 + 59)).toBe("14 min ago");
    expect(ago(3 * 3600)).toBe("3 hr ago");
    expect(ago(-2 * 86_400)).toBe("in 2 days");
    expect(formatAgo(inUrdu, new Date(now.getTime() - 14 * 60_000))).toContain("14");
  });

  test("a duration is told in its two largest units", () => {
    expect(formatDuration(inEnglish, 12)).toBe("12 ms");
    expect(formatDuration(inEnglish, 95_000)).toBe("1 min 35 secs");
    expect(formatDuration(inEnglish, 3_600_000)).toBe("1 hr");
    expect(formatDuration(inEnglish, 90_061_000)).toBe("1 day 1 hr");
  });
});

describe("age", () => {
  test("days under two months, months under two years, years after", () => {
    expect(ageOn("2026-03-12", "2026-03-12")).toEqual({ unit: "days", value: 0 });
    expect(ageOn("2026-01-13", "2026-03-12")).toEqual({ unit: "days", value: 58 });
    expect(ageOn("2026-01-12", "2026-03-12")).toEqual({ unit: "months", value: 2 });
    expect(ageOn("2024-03-13", "2026-03-12")).toEqual({ unit: "months", value: 23 });
    expect(ageOn("2024-03-12", "2026-03-12")).toEqual({ unit: "years", value: 2 });
    expect(ageOn("1984-03-13", "2026-03-12")).toEqual({ unit: "years", value: 41 });
  });

  test("a birthday on the 29th of February comes on the 1st of March in other years", () => {
    expect(ageOn("2000-02-29", "2026-02-28")).toEqual({ unit: "years", value: 25 });
    expect(ageOn("2000-02-29", "2026-03-01")).toEqual({ unit: "years", value: 26 });
  });

  test("counts on the hospital's day, says when it is estimated, and stops at death", () => {
    expect(formatAge(inEnglish, "2026-03-13")).toBe("0 days");
    expect(formatAge(inEnglish, "1966-01-01", { estimated: true })).toBe("about 60 years");
    expect(formatAge(inEnglish, "1966-01-01", { onDate: "1967-01-02" })).toBe("12 months");
    expect(formatAge(inHindi, "2026-03-01")).toBe(
      "13 दिन".replace("13", String(ageOn("2026-03-01", "2026-03-13").value)),
    );
  });
});

describe("figures", () => {
  test("money is exact from its minor units, by the currency's own number of them", () => {
    expect(formatMoney(inEnglish, 1_234_505)).toMatch(/12,345\.05$/);
    expect(formatMoney(inEnglish, 1500n, "JPY")).toMatch(/1,500$/);
    expect(formatMoney(inEnglish, 1234, "KWD")).toMatch(/1\.234$/);
    expect(formatMoney(inHindi, 1_234_567_800)).toBe("₹1,23,45,678.00");
  });

  test("counts are grouped as the language does", () => {
    expect(formatNumber(inEnglish, 1_234_567)).toBe("1,234,567");
    expect(formatNumber(inHindi, 1_234_567)).toBe("12,34,567");
    expect(formatNumber(inEnglish, 36.666, 1)).toBe("36.7");
  });

  test("sizes are told in powers of a thousand", () => {
    expect(formatBytes(inEnglish, 0)).toBe("0 byte");
    expect(formatBytes(inEnglish, 1400)).toBe("1 kB");
    expect(formatBytes(inEnglish, 1_440_000)).toBe("1.4 MB");
    expect(formatBytes(inEnglish, 5e15)).toBe("5,000 TB");
  });

  test("a record number is grouped to be read out, its check character by itself", () => {
    expect(mrnGroups("100000001K")).toEqual(["100", "000", "001", "K"]);
    expect(mrnGroups("1234567K")).toEqual(["1", "234", "567", "K"]);
    expect(mrnGroups("A-10012-3")).toEqual(["A-10012-3"]);
    expect(mrnGroups("1234")).toEqual(["1234"]);
  });
});
