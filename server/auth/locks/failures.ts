import { eq, inArray, sql } from "drizzle-orm";
import type { Plane } from "../plane.ts";
import { type Buckets, kindOf, namesOf } from "./buckets.ts";
import { refusedSeconds } from "./refusals.ts";

/** After an hour without a failure, counting begins anew. */
const memorySeconds = 3_600;

/** What was counted under these names, and until when each refuses. */
// open: part of sign-in
export async function readFailures(
  plane: Plane,
  buckets: Buckets,
): Promise<ReadonlyMap<string, { readonly until: Date | null }>> {
  const { failures } = plane.lockout;
  const rows = await plane.db
    .select({ bucket: failures.bucket, until: failures.blockedUntil })
    .from(failures)
    .where(inArray(failures.bucket, namesOf(buckets)));
  return new Map(rows.map((row) => [row.bucket, row] as const));
}

/** Counts a failure under each name, and audits what is refused from now on. */
// open: part of sign-in
export async function countInBuckets(plane: Plane, email: string, buckets: Buckets): Promise<void> {
  const { failures } = plane.lockout;
  const now = plane.clock.now();
  const since = new Date(now.getTime() - memorySeconds * 1000);
  await plane.write(async (tx) => {
    const counted = await tx
      .insert(failures)
      // Always in one order, so that two tries at once don't wait for each other.
      .values(
        namesOf(buckets)
          .sort()
          .map((bucket) => ({ bucket, failures: 1, lastAt: now })),
      )
      .onConflictDoUpdate({
        target: failures.bucket,
        set: {
          failures: sql`case when ${failures.lastAt} < ${since.toISOString()}::timestamptz then 1 else ${failures.failures} + 1 end`,
          lastAt: now,
        },
      })
      .returning({ bucket: failures.bucket, failures: failures.failures });
    for (const row of counted) {
      const kind = kindOf(row.bucket);
      const seconds = refusedSeconds(kind, row.failures);
      if (seconds === 0) continue;
      const until = new Date(now.getTime() + seconds * 1000);
      await tx.update(failures).set({ blockedUntil: until }).where(eq(failures.bucket, row.bucket));
      await plane.audit(
        tx,
        { kind: "system", name: "sign-in" },
        {
          ...{ event: "sign-in.locked", entity: "sign-in", entityId: kind === "address" ? null : email },
          details: { by: kind, failures: row.failures, until: until.toISOString() },
        },
      );
    }
  });
}

/** Begins anew under these names. */
// open: part of sign-in
export async function forgetBuckets(plane: Plane, buckets: readonly string[]): Promise<void> {
  const { failures } = plane.lockout;
  await plane.db.delete(failures).where(inArray(failures.bucket, [...buckets]));
}
