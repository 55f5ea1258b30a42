import { sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";

/**
 * Medical record numbers: a number and one check character, Luhn mod 30 over an alphabet without the letters
 * that are read as digits. Each character of the alphabet weighs differently from every other in every place,
 * so that no single mistyped character goes through.
 */
const alphabet = "0123456789ACDEFGHJKLMNPRTUVWXY";
const shape = new RegExp(`^[${alphabet}]{2,20}$`);

/** The character that makes `body` (characters of the alphabet) a valid number when put at its end. */
export function checkCharacterOf(body: string): string {
  let sum = 0;
  let factor = 2;
  for (let index = body.length - 1; index >= 0; index -= 1) {
    const weighed = alphabet.indexOf(body.charAt(index)) * factor;
    sum += Math.floor(weighed / alphabet.length) + (weighed % alphabet.length);
    factor = 3 - factor;
  }
  return alphabet.charAt((alphabet.length - (sum % alphabet.length)) % alphabet.length);
}

/** Whether a text is a record number exactly as it is printed. Says nothing of whether a patient has it. */
export function isValidMrn(text: string): boolean {
  return shape.test(text) && checkCharacterOf(text.slice(0, -1)) === text.at(-1);
}

/** What somebody typed or scanned, as it would be printed: capitals, without spaces, hyphens and dots. */
export function normalizeMrn(text: string): string {
  return text.replace(/[\s.-]+/g, "").toUpperCase();
}

/** Draws `count` new record numbers. A rolled-back write leaves a gap; no number is ever drawn twice. */
// open: part of a write that its caller has authorized
export async function mintMrns(tx: HospitalTx, count: number): Promise<readonly string[]> {
  if (count <= 0) return [];
  const rows = await tx.execute<{ number: string }>(
    sql`select nextval('mrn_seq')::text as number from generate_series(1, ${count}::int)`,
  );
  return Array.from(rows as Iterable<{ number: string }>, ({ number }) => number + checkCharacterOf(number));
}
