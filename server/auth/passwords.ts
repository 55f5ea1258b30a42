import { hashInTurn } from "./hash-lanes.ts";

/**
 * Passwords by argon2id (RFC 9106's second choice of parameters for servers with less memory: 19 MiB, two passes).
 * The work runs in a process of its own, a few at once and at a low priority (`hash-lanes.ts`), so that a storm of
 * sign-ins leaves the rest of the app its processors.
 */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** The text to store for a password. */
export function hashPassword(password: string): Promise<string> {
  return hashInTurn({ act: "hash", password, cost }).then(String);
}

/** Whether a hash was made at another cost, or by another way, than hashes are made today. */
export function isOldHash(hash: string): boolean {
  const [, way, , parameters = ""] = hash.split("$");
  return way !== cost.algorithm || !parameters.startsWith(`m=${cost.memoryCost},t=${cost.timeCost},`);
}

/** A hash of nothing anybody knows, so that an unknown account costs as much time as a known one. */
let decoy: Promise<string> | undefined;

/** Whether the password fits the stored hash. Without a hash (no such account) it spends the same time and says no. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const against = hash ?? (await decoy);
  const fits = (await hashInTurn({ act: "verify", password, hash: against })) === true;
  return fits && hash !== null;
}
