import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * The common passwords as a Bloom filter: a word in it is always found, and one in about two thousand that are
 * not is taken for one. Made by `bun run bin/build-common-passwords.ts`; a look-up reads eleven bits.
 */
const file = new URL("./common-passwords.bloom", import.meta.url).pathname;
const hashes = 11;
let bits: Uint8Array | undefined;

/** The places of a word in a filter of so many bits (two hashes stand for all, Kirsch and Mitzenmacher 2006). */
// open: pure
export function placesIn(sizeInBits: number, word: string): readonly number[] {
  const digest = createHash("sha256").update(word).digest();
  const first = digest.readUInt32LE(0);
  const second = (digest.readUInt32LE(4) | 1) >>> 0;
  return Array.from({ length: hashes }, (_, index) => (first + index * second) % sizeInBits);
}

function isListed(word: string): boolean {
  bits ??= new Uint8Array(readFileSync(file));
  const filter = bits;
  return placesIn(filter.length * 8, word).every((at) => ((filter[at >> 3] ?? 0) >> (at & 7)) & 1);
}

const disguises: Readonly<Record<string, string>> = {
  "@": "a",
  "4": "a",
  "3": "e",
  "1": "i",
  "!": "i",
  "0": "o",
  $: "s",
  "5": "s",
  "7": "t",
};

/** A word without capitals, and without letters written as signs: `P@ssw0rd#12` is `password@12`. */
// open: pure
export function undisguised(word: string): string {
  const low = word.toLowerCase();
  const tail = /[^a-z]*$/.exec(low)?.[0] ?? "";
  const stem = low.slice(0, low.length - tail.length);
  const plainTail = tail.replaceAll(/[#_.\- ]/g, "@").replaceAll(/[$*?]/g, "!");
  return [...stem].map((letter) => disguises[letter] ?? letter).join("") + plainTail;
}

/** Whether a password is one of those that are tried first. */
// open: pure
export function isCommon(password: string): boolean {
  return isListed(password.toLowerCase()) || isListed(undisguised(password));
}
