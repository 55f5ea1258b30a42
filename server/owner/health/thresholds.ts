import { and, eq, sql } from "drizzle-orm";
import type { ControlDb } from "../../../db/planes.ts";
import { healthSettings } from "../../../db/schema/control/health.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

/** From where on something is wrong, how many looks it takes, and how long the history is kept. */
export type Thresholds = Omit<typeof healthSettings.$inferSelect, "id" | "rolledUpTo" | "createdAt">;
export type ThresholdChange = Partial<Omit<Thresholds, "version" | "updatedAt">>;

/** The limits in force. */
// open: a look-up inside rules that have authorized
export async function readThresholds(db: ControlDb): Promise<Thresholds> {
  const [row] = await db.select().from(healthSettings).where(eq(healthSettings.id, 1));
  if (row === undefined) throw new Error("The limits of health are not on record; is control migrated?");
  const { id: _id, rolledUpTo: _to, createdAt: _made, ...thresholds } = row;
  return thresholds;
}

/** What counts as wrong on this platform. @throws AppError forbidden (403). */
export async function getThresholds(context: OwnerContext): Promise<Thresholds> {
  authorize(context.actor, "health:read");
  return readThresholds(context.db);
}

/**
 * Changes what counts as wrong; it counts from the next look on.
 * @throws AppError precondition-failed (412); forbidden (403).
 */
export async function changeThresholds(
  context: OwnerContext,
  change: ThresholdChange,
  version?: number,
): Promise<Thresholds> {
  authorize(context.actor, "health:edit");
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return context.write(async (tx) => {
    const [changed] = await tx
      .update(healthSettings)
      .set({ ...given, updatedAt: context.clock.now(), version: sql`${healthSettings.version} + 1` })
      .where(
        and(
          eq(healthSettings.id, 1),
          version === undefined ? undefined : eq(healthSettings.version, version),
        ),
      )
      .returning({ id: healthSettings.id });
    if (changed === undefined)
      throw new AppError("precondition-failed", "row.changed", "Somebody else has changed this meanwhile.");
    await auditOwner(tx, context, {
      event: "health.thresholds-changed",
      entity: "health-settings",
      entityId: null,
      details: given,
    });
    return readThresholds(tx);
  });
}
