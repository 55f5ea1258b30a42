import { and, asc, eq, isNull, lt, sql } from "drizzle-orm";
import { healthAlerts, healthChecks } from "../../db/schema/control/health.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { oldAfterMs } from "../owner/health/health.ts";
import { readThresholds } from "../owner/health/thresholds.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { type Need, plain, worked } from "./needs.ts";

/** Hospitals with an alert that goes on. */
// open: part of a rule that has authorized
export async function unwell({ db, actor }: OwnerContext): Promise<Need[]> {
  const rows = await db
    .select({
      id: tenants.id,
      name: tenants.companyName,
      at: healthAlerts.raisedAt,
      alert: healthAlerts.code,
    })
    .from(healthAlerts)
    .innerJoin(tenants, eq(tenants.id, healthAlerts.tenantId))
    .where(and(isNull(healthAlerts.clearedAt), worked, visibleTenants(actor)))
    .orderBy(asc(healthAlerts.raisedAt))
    .limit(50);
  return rows.map(({ id, name, at, alert }) => ({
    ...plain,
    kind: "unwell" as const,
    tenantId: id,
    hospital: name,
    at,
    alert,
  }));
}

/** Hospitals of which nothing has been heard for a while: silence is never shown as healthy. */
// open: part of a rule that has authorized
export async function silent({ db, clock, actor }: OwnerContext): Promise<Need[]> {
  const before = new Date(clock.now().getTime() - oldAfterMs(await readThresholds(db)));
  const heard = sql<
    string | null
  >`(select max(${healthChecks.checkedAt}) from ${healthChecks} where ${healthChecks.tenantId} = ${tenants.id} and ${healthChecks.side} = 'primary')`;
  const rows = await db
    .select({ id: tenants.id, name: tenants.companyName, heard, readyAt: tenants.readyAt })
    .from(tenants)
    .where(
      and(
        worked,
        visibleTenants(actor),
        lt(sql`coalesce(${heard}, ${tenants.readyAt})`, sql`${before.toISOString()}::timestamptz`),
      ),
    )
    .limit(50);
  return rows.map(({ id, name, heard: at, readyAt }) => ({
    ...plain,
    kind: "silent" as const,
    tenantId: id,
    hospital: name,
    at: at === null ? readyAt : new Date(at),
  }));
}
