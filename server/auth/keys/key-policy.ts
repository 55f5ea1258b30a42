import { sql } from "drizzle-orm";
import type { KeyTables } from "../../../db/schema/api-keys.ts";
import { ShortCache } from "../cache.ts";
import type { PlaneDb, PlaneTx } from "../plane.ts";
import type { KeyDoor } from "./key-door.ts";

/** As long as a key that was found is remembered. */
const policies = new ShortCache<boolean>(400, 5_000);

/** Forgets what was remembered, so that a change counts at the next request. */
export function forgetKeyPolicies(): void {
  policies.clear();
}

/** Whether programs have to name themselves where nobody's token is sent. */
// open: part of rules that have authorized
export async function readKeyPolicy(
  db: PlaneDb,
  tables: KeyTables,
): Promise<{ readonly requireAppKey: boolean }> {
  const [row] = await db.select({ requireAppKey: tables.policy.requireAppKey }).from(tables.policy);
  return { requireAppKey: row?.requireAppKey ?? false };
}

// open: part of rules that have authorized
export async function writeKeyPolicy(
  tx: PlaneTx,
  tables: KeyTables,
  requireAppKey: boolean,
  now: Date,
): Promise<void> {
  const { policy } = tables;
  await tx
    .insert(policy)
    .values({ id: 1, requireAppKey, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: policy.id,
      set: { requireAppKey, updatedAt: now, version: sql`${policy.version} + 1` },
    });
}

/** Whether programs have to name themselves here by an app key where nobody's token is sent. */
// open: this is how a request learns what is asked of it
export async function needsAppKey(door: KeyDoor): Promise<boolean> {
  const remembered = policies.get(door.where);
  if (remembered !== undefined) return remembered;
  const { requireAppKey } = await readKeyPolicy(door.db, door.tables);
  policies.set(door.where, requireAppKey);
  return requireAppKey;
}
