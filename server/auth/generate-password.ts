import { randomInt } from "node:crypto";

/** No letter or digit that is taken for another when read aloud or copied by hand. */
const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A password to be told once and changed at the first sign-in: four groups of four, 93 bits. */
// open: pure
export function generatePassword(): string {
  const group = () => Array.from({ length: 4 }, () => letters.charAt(randomInt(letters.length))).join("");
  return [group(), group(), group(), group()].join("-");
}
