import { and, eq, gt, isNotNull, or, sql } from "drizzle-orm";
import type { LockoutTables } from "../../../db/schema/api-keys.ts";
import type { PlaneDb, PlaneTx } from "../plane.ts";
import { kindOf } from "./buckets.ts";
import type { BucketKind } from "./refusals.ts";

/** Tries that are refused for a while, as an administrator sees them. */
export interface SignInLock {
  readonly kind: BucketKind;
  readonly email: string | null;
  readonly address: string | null;
  readonly failures: number;
  readonly lastAt: Date;
  readonly until: Date;
}

/** All that is refused now, the longest first. */
// open: part of rules that have authorized
export async function readLocks(
  db: PlaneDb,
  { failures }: LockoutTables,
  now: Date,
): Promise<readonly SignInLock[]> {
  const rows = await db
    .select()
    .from(failures)
    .where(and(isNotNull(failures.blockedUntil), gt(failures.blockedUntil, now)))
    .orderBy(sql`${failures.blockedUntil} desc`)
    .limit(500);
  return rows.flatMap(({ bucket, failures: count, lastAt, blockedUntil }) => {
    if (blockedUntil === null) return [];
    const [, first = "", second] = bucket.split(" ");
    const kind = kindOf(bucket);
    return [
      {
        kind,
        email: kind === "address" ? null : first,
        address: kind === "address" ? first : kind === "pair" ? (second ?? null) : null,
        ...{ failures: count, lastAt, until: blockedUntil },
      },
    ];
  });
}

/** Opens an account to tries from anywhere again. @returns whether anything was refused. */
// open: part of rules that have authorized, and of a reset by a link
export async function unlockAccount(
  tx: PlaneTx,
  { failures }: LockoutTables,
  email: string,
): Promise<boolean> {
  const name = email.toLowerCase();
  const gone = await tx
    .delete(failures)
    .where(
      or(
        eq(failures.bucket, `account ${name}`),
        sql`starts_with(${failures.bucket}, ${`pair ${name} `})`,
        sql`starts_with(${failures.bucket}, ${`device ${name} `})`,
      ),
    )
    .returning({ bucket: failures.bucket });
  return gone.length > 0;
}

/** Opens the door to tries from an address again. @returns whether they were refused. */
// open: part of rules that have authorized
export async function unlockAddress(
  tx: PlaneTx,
  { failures }: LockoutTables,
  address: string,
): Promise<boolean> {
  const gone = await tx
    .delete(failures)
    .where(eq(failures.bucket, `address ${address}`))
    .returning({ bucket: failures.bucket });
  return gone.length > 0;
}
