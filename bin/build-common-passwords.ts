import { placesIn } from "../server/auth/common-passwords.ts";
import { commonPasswords } from "./common-passwords.ts";

/** Writes the filter of common passwords: `bun run bin/build-common-passwords.ts`. */
const target = new URL("../server/auth/common-passwords.bloom", import.meta.url).pathname;
const bitsAWord = 16;

/** The filter that holds all of the list. */
export function buildFilter(words: ReadonlySet<string>): Uint8Array {
  const filter = new Uint8Array(Math.ceil((words.size * bitsAWord) / 8));
  for (const word of words)
    for (const at of placesIn(filter.length * 8, word))
      filter[at >> 3] = (filter[at >> 3] ?? 0) | (1 << (at & 7));
  return filter;
}

if (import.meta.main) {
  const words = commonPasswords();
  const filter = buildFilter(words);
  await Bun.write(target, filter);
  process.stdout.write(`${words.size} passwords, ${filter.length} bytes\n`);
}
