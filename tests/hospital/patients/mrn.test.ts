import { describe, expect, test } from "bun:test";
import { checkCharacterOf, isValidMrn, normalizeMrn } from "../../../server/hospital/patients/mrn.ts";

const alphabet = "0123456789ACDEFGHJKLMNPRTUVWXY";
const numbers = Array.from({ length: 300 }, (_, index) => String(100_001 + index * 3_331));
const mrns = numbers.map((number) => number + checkCharacterOf(number));

describe("a medical record number", () => {
  test("is valid as it was minted", () => {
    expect(mrns.filter((mrn) => !isValidMrn(mrn))).toEqual([]);
    expect(new Set(mrns).size).toBe(mrns.length);
  });

  test("is refused with any one character replaced by any other", () => {
    const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const accepted = mrns.flatMap((mrn) =>
      Array.from(mrn).flatMap((original, place) =>
        characters
          .filter((character) => character !== original)
          .map((character) => mrn.slice(0, place) + character + mrn.slice(place + 1))
          .filter(isValidMrn),
      ),
    );
    expect(accepted).toEqual([]);
  });

  test("of letters is refused with any one letter replaced", () => {
    const mrn = alphabet.slice(10, 28).concat(checkCharacterOf(alphabet.slice(10, 28)));
    const accepted = Array.from(mrn).flatMap((original, place) =>
      Array.from(alphabet)
        .filter((character) => character !== original)
        .map((character) => mrn.slice(0, place) + character + mrn.slice(place + 1))
        .filter(isValidMrn),
    );
    expect(isValidMrn(mrn)).toBe(true);
    expect(accepted).toEqual([]);
  });

  test("has the check character that the Luhn algorithm gives over thirty characters", () => {
    // 1 at the end weighs double, 2 single, 3 double: 2 + 2 + 6 = 10, and 30 - 10 is the weight of M.
    expect(checkCharacterOf("321")).toBe("M");
    expect(checkCharacterOf("0")).toBe("0");
  });

  test("is refused when empty, too short, too long or with a hidden character", () => {
    const mrn = mrns[0] ?? "";
    for (const text of ["", "1", `${mrn}\u0000`, `\u200f${mrn}`, `${mrn}\n`, "0".repeat(21), ` ${mrn}`])
      expect(isValidMrn(text)).toBe(false);
  });

  test("is found however it was typed", () => {
    const mrn = `100001${checkCharacterOf("100001")}`;
    const typed = ` ${mrn.slice(0, 3)}-${mrn.slice(3)} `.toLowerCase();
    expect(normalizeMrn(typed)).toBe(mrn);
  });
});
