import { and, eq, gt, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import type { LockoutTables } from "../../db/schema/api-keys.ts";
import { sha256 } from "../crypto.ts";
import type { Plane, PlaneDb, PlaneTx } from "./plane.ts";

/** How many failures are free, and how long the refusals are that follow: each twice the one before. */
interface Rule {
  readonly free: number;
  readonly firstSeconds: number;
}

const longestSeconds = 15 * 60;
/** After an hour without a failure, counting begins anew. */
const memorySeconds = 3_600;
/** A browser or an address is known for half a year after the last sign-in there. */
const knownDays = 180;

export type BucketKind = "account" | "pair" | "address" | "device";

const rules: Readonly<Record<BucketKind, Rule>> = {
  // Guessing from many addresses: it slows down to four tries an hour.
  account: { free: 20, firstSeconds: 30 },
  pair: { free: 10, firstSeconds: 30 },
  // A whole hospital may stand behind one address.
  address: { free: 200, firstSeconds: 30 },
  device: { free: 10, firstSeconds: 30 },
};

export interface Buckets {
  readonly account: string;
  readonly pair: string;
  readonly address: string;
  readonly device: string | null;
}

/** Under which names a try is counted. */
// open: pure
export function bucketsOf(
  { email, address }: { readonly email: string; readonly address: string | null },
  device: string | null,
): Buckets {
  const from = address ?? "unknown";
  return {
    account: `account ${email}`,
    pair: `pair ${email} ${from}`,
    address: `address ${from}`,
    device: device === null ? null : `device ${email} ${sha256(device)}`,
  };
}

const named = (buckets: Buckets): string[] =>
  [buckets.account, buckets.pair, buckets.address, buckets.device].filter((one) => one !== null);

/** Until when each of these refuses; those that don't are left out. */
// open: part of sign-in
export async function readBlocks(plane: Plane, buckets: Buckets): Promise<ReadonlyMap<string, Date>> {
  const { failures } = plane.lockout;
  const rows = await plane.db
    .select({ bucket: failures.bucket, until: failures.blockedUntil })
    .from(failures)
    .where(and(inArray(failures.bucket, named(buckets)), gt(failures.blockedUntil, plane.clock.now())));
  return new Map(rows.flatMap(({ bucket, until }) => (until === null ? [] : [[bucket, until] as const])));
}

/** Whether the account has signed in from this browser before, or else from this address. */
// open: part of sign-in
export async function isKnownPlace(plane: Plane, email: string): Promise<"device" | "address" | null> {
  const person = await plane.personByEmail(email);
  if (person === null) return null;
  const { devices } = plane.lockout;
  const { device, address } = plane.client;
  const hash = device == null ? null : sha256(device);
  const rows = await plane.db
    .select({ deviceHash: devices.deviceHash, address: devices.address })
    .from(devices)
    .where(
      and(
        eq(devices.personId, person.id),
        gt(devices.lastAt, before(plane.clock.now(), knownDays * 86_400)),
        or(eq(devices.deviceHash, hash ?? ""), eq(devices.address, address ?? "")),
      ),
    );
  if (hash !== null && rows.some((row) => row.deviceHash === hash)) return "device";
  return rows.length > 0 ? "address" : null;
}

const before = (now: Date, seconds: number) => new Date(now.getTime() - seconds * 1000);

/** How long the next tries are refused after so many failures. */
// open: pure
export function refusedSeconds(kind: BucketKind, failures: number): number {
  const { free, firstSeconds } = rules[kind];
  return failures < free ? 0 : Math.min(longestSeconds, firstSeconds * 2 ** Math.min(20, failures - free));
}

/** Counts a failure under each name, and audits what is refused from now on. */
// open: part of sign-in
export async function countInBuckets(plane: Plane, email: string, buckets: Buckets): Promise<void> {
  const { failures } = plane.lockout;
  const now = plane.clock.now();
  await plane.write(async (tx) => {
    const counted = await tx
      .insert(failures)
      // Always in one order, so that two tries at once don't wait for each other.
      .values(
        named(buckets)
          .sort()
          .map((bucket) => ({ bucket, failures: 1, lastAt: now })),
      )
      .onConflictDoUpdate({
        target: failures.bucket,
        set: {
          failures: sql`case when ${failures.lastAt} < ${before(now, memorySeconds).toISOString()}::timestamptz then 1 else ${failures.failures} + 1 end`,
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

const kindOf = (bucket: string): BucketKind => {
  const word = bucket.split(" ", 1)[0];
  return word === "account" || word === "pair" || word === "device" ? word : "address";
};

/** Begins anew under these names. */
// open: part of sign-in
export async function forgetBuckets(plane: Plane, buckets: readonly string[]): Promise<void> {
  const { failures } = plane.lockout;
  const found = await plane.db
    .select({ bucket: failures.bucket })
    .from(failures)
    .where(inArray(failures.bucket, [...buckets]));
  if (found.length > 0) await plane.db.delete(failures).where(inArray(failures.bucket, [...buckets]));
}

/**
 * Whether the account has been used in this browser before (a program that keeps no mark: from this address), or
 * never anywhere.
 */
// open: part of sign-in
export async function isFamiliarPlace(plane: Plane, personId: string): Promise<boolean> {
  const { devices } = plane.lockout;
  const { device, address } = plane.client;
  const rows = await plane.db
    .select({ deviceHash: devices.deviceHash, address: devices.address })
    .from(devices)
    .where(eq(devices.personId, personId));
  if (rows.length === 0) return neverSignedIn(plane, personId);
  if (device == null) return address === null || rows.some((row) => row.address === address);
  const hash = sha256(device);
  return rows.some((row) => row.deviceHash === hash);
}

async function neverSignedIn(plane: Plane, personId: string): Promise<boolean> {
  const { sessions } = plane.tables;
  const [before] = await plane.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.personId, personId))
    .limit(1);
  return before === undefined;
}

/** Notes the browser and the address as the account's own; once a day for each. */
// open: part of sign-in
export async function rememberPlace(plane: Plane, personId: string): Promise<void> {
  const { devices } = plane.lockout;
  const now = plane.clock.now();
  const { device, address } = plane.client;
  const deviceHash = device == null ? null : sha256(device);
  if (deviceHash === null && address === null) return;
  const same = and(
    eq(devices.personId, personId),
    sql`${devices.deviceHash} is not distinct from ${deviceHash}`,
    sql`${devices.address} is not distinct from ${address}`,
  );
  const [row] = await plane.db.select({ lastAt: devices.lastAt }).from(devices).where(same);
  if (row !== undefined && row.lastAt > before(now, 86_400)) return;
  await plane.write(async (tx) => {
    await tx
      .delete(devices)
      .where(
        or(same, and(eq(devices.personId, personId), lt(devices.lastAt, before(now, knownDays * 86_400)))),
      );
    await tx.insert(devices).values({ id: Bun.randomUUIDv7(), personId, deviceHash, address, lastAt: now });
  });
}

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
