import { and, desc, eq, gte, inArray, isNull, or, sql } from "drizzle-orm";
import type { ControlDb } from "../../../db/planes.ts";
import { healthAlerts, healthChecks, syncStates } from "../../../db/schema/control/health.ts";
import { nodes } from "../../../db/schema/control/nodes.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant, seesTenant } from "../operators/visible-tenants.ts";
import { readThresholds } from "./thresholds.ts";

export type HealthCheck = typeof healthChecks.$inferSelect;
export type HealthAlert = typeof healthAlerts.$inferSelect;
export type SyncState = typeof syncStates.$inferSelect;

/**
 * `no-report`: nobody has looked, or not for a while, or the hospital's own server is silent. It is a state of its
 * own: silence is never shown as healthy. `down`: the hospital's own database does not answer. `degraded`: it does,
 * and something else is wrong.
 */
export type HealthState = "healthy" | "degraded" | "down" | "no-report";

/** A hospital's health as last reported. */
export interface HospitalHealth {
  readonly tenantId: string;
  readonly state: HealthState;
  /** When its own database was last looked at, or its own server last told. */
  readonly checkedAt: Date | null;
  /** It runs on a server of its own, which reports for its database. */
  readonly onSite: boolean;
  readonly primary: HealthCheck | null;
  /** Null: no copy, or nobody has looked. */
  readonly copy: HealthCheck | null;
  readonly sync: SyncState | null;
  /** Open ones, newest first. */
  readonly alerts: readonly HealthAlert[];
}

/** How old a look may be and still speak of now. */
// open: pure
export function oldAfterMs(limits: { readonly silentMinutes: number }): number {
  return limits.silentMinutes * 60_000 + 30_000;
}

/** The health of some hospitals as last reported, one entry for each id asked for. */
export async function latestHealth(
  context: OwnerContext,
  asked: readonly string[],
): Promise<ReadonlyMap<string, HospitalHealth>> {
  authorize(context.actor, "health:read");
  const tenantIds = asked.filter((id) => seesTenant(context.actor, id));
  if (tenantIds.length === 0) return new Map();
  const { db } = context;
  const [limits, checks, alerts, syncs, servers] = await Promise.all([
    readThresholds(db),
    latestChecks(db, tenantIds),
    db
      .select()
      .from(healthAlerts)
      .where(and(inArray(healthAlerts.tenantId, tenantIds), isNull(healthAlerts.clearedAt)))
      .orderBy(desc(healthAlerts.raisedAt)),
    db.select().from(syncStates).where(inArray(syncStates.tenantId, tenantIds)),
    db
      .select({ tenantId: nodes.tenantId })
      .from(nodes)
      .where(and(inArray(nodes.tenantId, tenantIds), eq(nodes.status, "active"))),
  ]);
  const oldBefore = context.clock.now().getTime() - oldAfterMs(limits);
  const byTenant = Map.groupBy(checks, (check) => check.tenantId);
  const open = Map.groupBy(alerts, (alert) => alert.tenantId);
  const sync = new Map(syncs.map((state) => [state.tenantId, state]));
  const onSite = new Set(servers.map((server) => server.tenantId));
  return new Map(
    tenantIds.map((tenantId) => {
      const own = byTenant.get(tenantId) ?? [];
      const primary = own.find((check) => check.side === "primary") ?? null;
      const found = own.find((check) => check.side === "copy") ?? null;
      // A copy that has since been taken away was not looked at together with the primary.
      const copy = found !== null && primary !== null && found.checkedAt < primary.checkedAt ? null : found;
      const alertsNow = open.get(tenantId) ?? [];
      const health = {
        ...{ tenantId, primary, copy, onSite: onSite.has(tenantId), alerts: alertsNow },
        ...{ sync: sync.get(tenantId) ?? null, checkedAt: primary?.heardAt ?? primary?.checkedAt ?? null },
      };
      return [tenantId, { ...health, state: stateOf(health, oldBefore) }];
    }),
  );
}

function stateOf(
  { primary, copy, alerts, checkedAt }: Omit<HospitalHealth, "state">,
  oldBefore: number,
): HealthState {
  if (primary === null || checkedAt === null || checkedAt.getTime() < oldBefore) return "no-report";
  if (!primary.reachable) return "down";
  return alerts.length > 0 || copy?.reachable === false ? "degraded" : "healthy";
}

/** Two steps into the index for each hospital, however long its history is. */
async function latestChecks(db: ControlDb, tenantIds: readonly string[]): Promise<readonly HealthCheck[]> {
  const newest = (side: "primary" | "copy") =>
    sql`(select id from ${healthChecks} c where c.tenant_id = t.id and c.side = ${side} order by c.checked_at desc limit 1)`;
  const ids = sql`select unnest(array[${newest("primary")}, ${newest("copy")}])
    from unnest(${`{${tenantIds.join(",")}}`}::uuid[]) t (id)`;
  return db.select().from(healthChecks).where(sql`${healthChecks.id} in (${ids})`);
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
    listAlerts(context, tenantId, since),
  ]);
  return { checks: checks.reverse(), alerts };
}

/** One hospital's alerts, newest first: those that are open, and those that ended since. */
export async function listAlerts(
  context: OwnerContext,
  tenantId: string,
  since: Date,
): Promise<readonly HealthAlert[]> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  return context.db
    .select()
    .from(healthAlerts)
    .where(
      and(
        eq(healthAlerts.tenantId, tenantId),
        or(isNull(healthAlerts.clearedAt), gte(healthAlerts.clearedAt, since)),
      ),
    )
    .orderBy(desc(healthAlerts.raisedAt))
    .limit(200);
}
