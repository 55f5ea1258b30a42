import { eq, sql } from "drizzle-orm";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import { rowChanged } from "../errors.ts";
import { type PasswordPolicy, readPolicy } from "./password-policy.ts";
import type { PlaneTx } from "./plane.ts";

export type PolicyChange = Omit<PasswordPolicy, "version">;

/**
 * Keeps another policy. The first change makes its row; until then the standard is in force, as version 0.
 * @returns the policy, and the names of what changed.
 * @throws AppError precondition-failed (412) where it moved on since it was seen.
 */
// open: part of rules that have authorized
export async function writePolicy(
  tx: PlaneTx,
  tables: Pick<CredentialTables, "policy">,
  change: PolicyChange,
  now: Date,
  version?: number,
): Promise<{ readonly policy: PasswordPolicy; readonly fields: readonly string[] }> {
  const { policy } = tables;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('password_policy', 0))`);
  const current = await readPolicy(tx, tables);
  if (version !== undefined && current.version !== version) throw rowChanged();
  const fields = Object.entries(change)
    .filter(([name, value]) => Reflect.get(current, name) !== value)
    .map(([name]) => name);
  if (fields.length === 0) return { policy: current, fields };
  if (current.version === 0) await tx.insert(policy).values({ ...change, createdAt: now, updatedAt: now });
  else
    await tx
      .update(policy)
      .set({ ...change, updatedAt: now, version: sql`${policy.version} + 1` })
      .where(eq(policy.id, 1));
  return { policy: await readPolicy(tx, tables), fields };
}
