import { and, eq, gte, isNull, lt, or, sql } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import { type limitedResources, limits } from "../../db/schema/hospital/settings.ts";
import { AppError } from "../errors.ts";

export type LimitedResource = (typeof limitedResources)[number];

/**
 * Claims `count` places of the plan's limit in the write's own transaction. The row's lock makes N simultaneous
 * claims at the limit admit exactly what is left; a rollback gives the place back.
 * @throws AppError payment-required (402) `limit.<resource>`, with `details: {resource, allowed, used}`.
 */
export async function claimLimit(tx: HospitalTx, resource: LimitedResource, count = 1): Promise<void> {
  const claimed = await tx
    .update(limits)
    .set({ used: sql`${limits.used} + ${count}`, updatedAt: sql`now()` })
    .where(
      and(
        eq(limits.resource, resource),
        or(isNull(limits.allowed), lt(sql`${limits.used} + ${count - 1}`, limits.allowed)),
      ),
    )
    .returning({ used: limits.used });
  if (claimed.length > 0) return;
  const [row] = await tx.select().from(limits).where(eq(limits.resource, resource));
  if (row === undefined)
    throw new Error(`No limit row for ${resource}; the hospital's database is not seeded.`);
  throw new AppError(
    "payment-required",
    `limit.${resource}`,
    `The plan allows ${row.allowed} ${resource}; ${row.used} are in use. Ask the owner for a larger plan.`,
    {
      details: { resource, allowed: row.allowed, used: row.used },
    },
  );
}

/**
 * Claims without refusing, for an emergency registration. Resolves to whether it went beyond the limit, so that
 * the row can be flagged.
 */
export async function claimBeyondLimit(tx: HospitalTx, resource: LimitedResource): Promise<boolean> {
  const [row] = await tx
    .update(limits)
    .set({ used: sql`${limits.used} + 1`, updatedAt: sql`now()` })
    .where(eq(limits.resource, resource))
    .returning({ used: limits.used, allowed: limits.allowed });
  return row !== undefined && row.allowed !== null && row.used > row.allowed;
}

/** Gives `count` places back (a patient deleted, a user deactivated). */
export async function releaseLimit(tx: HospitalTx, resource: LimitedResource, count = 1): Promise<void> {
  await tx
    .update(limits)
    .set({ used: sql`${limits.used} - ${count}`, updatedAt: sql`now()` })
    .where(and(eq(limits.resource, resource), gte(limits.used, count)));
}
