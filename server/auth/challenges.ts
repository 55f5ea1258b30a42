import { and, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { randomSecret, sha256 } from "../crypto.ts";
import type { Plane } from "./plane.ts";

/** Time to find the phone and read a code. */
export const challengeSeconds = 300;
/** Wrong codes after which the password is asked for again. */
const triesAtMost = 5;

/** Keeps that a password was right, for the second step of one sign-in. Its secret is told once, never stored. */
// open: its caller has seen the right password
export async function openChallenge(
  plane: Plane,
  personId: string,
  kind: "browser" | "token",
): Promise<{ readonly challenge: string; readonly expiresInSeconds: number }> {
  const challenge = randomSecret();
  const now = plane.clock.now();
  const expiresAt = new Date(now.getTime() + challengeSeconds * 1000);
  const { challenges } = plane.tables;
  await plane.write(async (tx) => {
    // What was begun and not finished goes with the next beginning.
    await tx.delete(challenges).where(and(eq(challenges.personId, personId), lt(challenges.expiresAt, now)));
    await tx
      .insert(challenges)
      .values({ personId, kind, secretHash: sha256(challenge), createdAt: now, expiresAt });
  });
  return { challenge, expiresInSeconds: challengeSeconds };
}

/** The challenge of this secret, where it may still be answered. */
// open: the secret is the proof
export async function findChallenge(
  plane: Plane,
  secret: string,
  kind: "browser" | "token",
): Promise<{ readonly id: string; readonly personId: string } | null> {
  const { challenges } = plane.tables;
  const [row] = await plane.db
    .select({ id: challenges.id, personId: challenges.personId })
    .from(challenges)
    .where(
      and(
        eq(challenges.secretHash, sha256(secret)),
        eq(challenges.kind, kind),
        isNull(challenges.spentAt),
        lt(challenges.failures, triesAtMost),
        gt(challenges.expiresAt, plane.clock.now()),
      ),
    );
  return row ?? null;
}

/** Counts a wrong code. */
// open: part of a sign-in under way
export async function missChallenge(plane: Plane, id: string): Promise<void> {
  const { challenges } = plane.tables;
  await plane.db
    .update(challenges)
    .set({ failures: sql`${challenges.failures} + 1` })
    .where(eq(challenges.id, id));
}

/** Uses a challenge up; false where another request just did. */
// open: part of a sign-in under way
export async function spendChallenge(plane: Plane, id: string): Promise<boolean> {
  const { challenges } = plane.tables;
  const spent = await plane.db
    .update(challenges)
    .set({ spentAt: plane.clock.now() })
    .where(and(eq(challenges.id, id), isNull(challenges.spentAt)))
    .returning({ id: challenges.id });
  return spent.length === 1;
}
