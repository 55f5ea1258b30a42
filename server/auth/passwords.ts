/**
 * Passwords by argon2id (RFC 9106's second choice of parameters for servers with less memory: 19 MiB, two passes).
 * The work runs off the main thread; no more than `lanes` hashes run at once, so that a storm of sign-ins
 * queues here and leaves the rest of the app its processors.
 */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
const lanes = Math.max(1, Math.min(4, navigator.hardwareConcurrency));
let running = 0;
const waiting: (() => void)[] = [];

async function inLane<T>(work: () => Promise<T>): Promise<T> {
  if (running >= lanes) await new Promise<void>((resume) => waiting.push(resume));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** The text to store for a password. */
export function hashPassword(password: string): Promise<string> {
  return inLane(() => Bun.password.hash(password, cost));
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
  const fits = await inLane(() => Bun.password.verify(password, against));
  return fits && hash !== null;
}
