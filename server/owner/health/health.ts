import { and, desc, eq, gte, inArray, isNull, lt, or } from "drizzle-orm";
import type { ControlDb, ControlTx } from "../../../db/planes.ts";
import { healthAlerts, healthChecks, syncStates } from "../../../db/schema/control/health.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant, seesTenant } from "../operators/visible-tenants.ts";
import { settleAlerts } from "./alerts.ts";
import type { HospitalProbe } from "./probe.ts";

export type HealthCheck = typeof healthChecks.$inferSelect;
export type HealthAlert = typeof healthAlerts.$inferSelect;
export type SyncState = typeof syncStates.$inferSelect;

/**
 * `no-report`: nobody has looked, or not for a while. It is a state of its own: silence is never shown as
 * healthy. `down`: the hospital's own database does not answer. `degraded`: it does, and something else is wrong.
 */
export type HealthState = "healthy" | "degraded" | "down" | "no-report";

/** A hospital's health as last reported. */
export interface HospitalHealth {
  readonly tenantId: string;
  readonly state: HealthState;
  readonly checkedAt: Date | null;
  readonly primary: HealthCheck | null;
  /** Null: no copy, or nobody has looked. */
  readonly copy: HealthCheck | null;
  readonly sync: SyncState | null;
  /** Open ones, newest first. */
  readonly alerts: readonly HealthAlert[];
}

/** Three looks of the schedule missed. */
export const reportIsOldMs = 3 * 60_000 + 30_000;
const keptDays = 30;

/** Keeps what a look at a hospital's databases found, and raises or clears alerts by it. */
// open: code of the health job, which has authorized
export async function recordHealth(
  tx: ControlTx,
  tenantId: string,
  probe: HospitalProbe,
  at: Date,
): Promise<void> {
  const sides = [
    { side: "primary" as const, ...probe.primary },
    ...(probe.copy ? [{ side: "copy" as const, ...probe.copy }] : []),
  ];
  await tx.insert(healthChecks).values(
    sides.map(({ parked: _parked, verifiedEqual: _equal, ...facts }) => ({
      tenantId,
      checkedAt: at,
      ...facts,
    })),
  );
  await settleAlerts(tx, tenantId, probe, at);
}

/** Forgets checks older than thirty days and alerts cleared as long ago. */
// open: code of the health job, which has authorized
export async function forgetOldHealth(tx: ControlTx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptDays * 24 * 60 * 60_000);
  await tx.delete(healthChecks).where(lt(healthChecks.checkedAt, before));
  await tx.delete(healthAlerts).where(lt(healthAlerts.clearedAt, before));
}

/** The health of some hospitals as last reported, one entry for each id asked for. */
export async function latestHealth(
  context: OwnerContext,
  asked: readonly string[],
): Promise<ReadonlyMap<string, HospitalHealth>> {
  authorize(context.actor, "health:read");
  const tenantIds = asked.filter((id) => seesTenant(context.actor, id));
  if (tenantIds.length === 0) return new Map();
  const [checks, alerts, syncs] = await Promise.all([
    latestChecks(context.db, tenantIds),
    context.db
      .select()
      .from(healthAlerts)
      .where(and(inArray(healthAlerts.tenantId, [...tenantIds]), isNull(healthAlerts.clearedAt)))
      .orderBy(desc(healthAlerts.raisedAt)),
    context.db
      .select()
      .from(syncStates)
      .where(inArray(syncStates.tenantId, [...tenantIds])),
  ]);
  const now = context.clock.now();
  return new Map(
    tenantIds.map((tenantId) => {
      const own = checks.filter((check) => check.tenantId === tenantId);
      const primary = own.find((check) => check.side === "primary") ?? null;
      // A copy that has since been taken away was not looked at together with the primary.
      const copy =
        own.find(
          (check) => check.side === "copy" && check.checkedAt.getTime() === primary?.checkedAt.getTime(),
        ) ?? null;
      const open = alerts.filter((alert) => alert.tenantId === tenantId);
      const sync = syncs.find((state) => state.tenantId === tenantId) ?? null;
      const checkedAt = primary?.checkedAt ?? null;
      return [
        tenantId,
        { tenantId, state: stateOf(primary, open, now), checkedAt, primary, copy, sync, alerts: open },
      ];
    }),
  );
}

function stateOf(primary: HealthCheck | null, open: readonly HealthAlert[], now: Date): HealthState {
  if (primary === null || now.getTime() - primary.checkedAt.getTime() > reportIsOldMs) return "no-report";
  if (!primary.reachable) return "down";
  return open.length > 0 ? "degraded" : "healthy";
}

async function latestChecks(db: ControlDb, tenantIds: readonly string[]): Promise<readonly HealthCheck[]> {
  return db
    .selectDistinctOn([healthChecks.tenantId, healthChecks.side])
    .from(healthChecks)
    .where(inArray(healthChecks.tenantId, [...tenantIds]))
    .orderBy(healthChecks.tenantId, healthChecks.side, desc(healthChecks.checkedAt));
}

export interface HealthHistory {
  /** Oldest first, both sides, each with its `side`. */
  readonly checks: readonly HealthCheck[];
  /** Newest first, also those that are over. */
  readonly alerts: readonly HealthAlert[];
}

/** What was found of one hospital's databases in the last `hours` (24), at most 5,000 looks. */
export async function healthHistory(
  context: OwnerContext,
  tenantId: string,
  hours = 24,
): Promise<HealthHistory> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  const since = new Date(context.clock.now().getTime() - hours * 60 * 60_000);
  const [checks, alerts] = await Promise.all([
    context.db
      .select()
      .from(healthChecks)
      .where(and(eq(healthChecks.tenantId, tenantId), gte(healthChecks.checkedAt, since)))
      .orderBy(desc(healthChecks.checkedAt))
      .limit(5_000),
    context.db
      .select()
      .from(healthAlerts)
      .where(
        and(
          eq(healthAlerts.tenantId, tenantId),
          or(isNull(healthAlerts.clearedAt), gte(healthAlerts.clearedAt, since)),
        ),
      )
      .orderBy(desc(healthAlerts.raisedAt))
      .limit(500),
  ]);
  return { checks: checks.reverse(), alerts };
}
