import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import {
  healthAlerts,
  healthChecks,
  healthHours,
  healthSettings,
} from "../../../db/schema/control/health.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";
import { readThresholds } from "./thresholds.ts";

export const healthRanges = ["24h", "7d", "30d"] as const;
export type HealthRange = (typeof healthRanges)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How far back, and how much of it is one point: about a hundred and fifty points, at most. */
const spans: Readonly<Record<HealthRange, { readonly backMs: number; readonly stepMs: number }>> = {
  "24h": { backMs: 24 * hourMs, stepMs: 15 * minuteMs },
  "7d": { backMs: 7 * 24 * hourMs, stepMs: 2 * hourMs },
  "30d": { backMs: 30 * 24 * hourMs, stepMs: 6 * hourMs },
};

/** What was found of one database in one step of a range. */
export interface HealthPoint {
  readonly at: Date;
  readonly side: "primary" | "copy";
  readonly looks: number;
  readonly unreachable: number;
  readonly latencyMs: number | null;
  readonly latencyMaxMs: number | null;
  readonly lagRows: number | null;
  readonly lagSeconds: number | null;
  readonly sizeBytes: number | null;
  readonly connections: number | null;
}

/** How one hospital's databases were over a while, oldest first, as points of equal length; a gap is silence. */
export async function readHistory(
  context: OwnerContext,
  tenantId: string,
  range: HealthRange = "24h",
): Promise<readonly HealthPoint[]> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  const { backMs, stepMs } = spans[range];
  const since = new Date(context.clock.now().getTime() - backMs);
  const step = sql`${stepMs / 1000}::float8`;
  const binned = (at: typeof healthChecks.checkedAt | typeof healthHours.hour) =>
    sql<string>`floor(extract(epoch from ${at}) / ${step}) * ${step}`;
  const number = <T>(of: T) => sql<number | null>`${of}::float8`;
  if (range === "24h") {
    const at = binned(healthChecks.checkedAt).as("at");
    const rows = await context.db
      .select({
        ...{ at, side: healthChecks.side, looks: sql<number>`count(*)::int` },
        unreachable: sql<number>`(count(*) filter (where not ${healthChecks.reachable}))::int`,
        latencyMs: number(sql`avg(${healthChecks.latencyMs})`),
        latencyMaxMs: number(sql`max(${healthChecks.latencyMs})`),
        lagRows: number(sql`max(${healthChecks.lagRows})`),
        lagSeconds: number(sql`max(${healthChecks.lagSeconds})`),
        sizeBytes: number(sql`max(${healthChecks.sizeBytes})`),
        connections: number(sql`max(${healthChecks.connections})`),
      })
      .from(healthChecks)
      .where(and(eq(healthChecks.tenantId, tenantId), gte(healthChecks.checkedAt, since)))
      .groupBy(sql`1`, healthChecks.side)
      .orderBy(sql`1`);
    return rows.map((row) => ({ ...row, at: new Date(Number(row.at) * 1000) }));
  }
  const at = binned(healthHours.hour).as("at");
  const rows = await context.db
    .select({
      ...{ at, side: healthHours.side, looks: sql<number>`sum(${healthHours.looks})::int` },
      unreachable: sql<number>`sum(${healthHours.unreachable})::int`,
      latencyMs: number(sql`avg(${healthHours.latencyMs})`),
      latencyMaxMs: number(sql`max(${healthHours.latencyMaxMs})`),
      lagRows: number(sql`max(${healthHours.lagRows})`),
      lagSeconds: number(sql`max(${healthHours.lagSeconds})`),
      sizeBytes: number(sql`max(${healthHours.sizeBytes})`),
      connections: number(sql`max(${healthHours.connections})`),
    })
    .from(healthHours)
    .where(and(eq(healthHours.tenantId, tenantId), gte(healthHours.hour, since)))
    .groupBy(sql`1`, healthHours.side)
    .orderBy(sql`1`);
  return rows.map((row) => ({ ...row, at: new Date(Number(row.at) * 1000) }));
}

/**
 * Gathers the looks of every hour that is over into one row, and forgets what is older than the platform keeps.
 * The hour that runs is gathered again each time, so that long ranges end now. Safe to repeat.
 */
// open: code of the health job, which has authorized
export async function keepHistory(tx: ControlTx, now: Date): Promise<void> {
  const [settings] = await tx
    .select({ rolledUpTo: healthSettings.rolledUpTo })
    .from(healthSettings)
    .where(eq(healthSettings.id, 1))
    .for("update");
  const { rawDays, hourDays } = await readThresholds(tx);
  const rolled = settings?.rolledUpTo ?? null;
  // Each quarter of an hour is often enough.
  if (rolled !== null && now.getTime() - rolled.getTime() < 15 * minuteMs) return;
  const from = wholeHour(rolled ?? new Date(0));
  await tx.execute(sql`
    insert into health_hours (tenant_id, side, hour, looks, unreachable, latency_ms, latency_max_ms, lag_rows,
      lag_seconds, size_bytes, connections)
    select tenant_id, side, date_trunc('hour', checked_at, 'UTC'), count(*), count(*) filter (where not reachable),
      avg(latency_ms), max(latency_ms), max(lag_rows), max(lag_seconds), max(size_bytes), max(connections)
    from health_checks
    where checked_at >= ${from.toISOString()}::timestamptz
    group by 1, 2, 3
    on conflict (tenant_id, side, hour) do update set looks = excluded.looks, unreachable = excluded.unreachable,
      latency_ms = excluded.latency_ms, latency_max_ms = excluded.latency_max_ms, lag_rows = excluded.lag_rows,
      lag_seconds = excluded.lag_seconds, size_bytes = excluded.size_bytes, connections = excluded.connections`);
  await tx.update(healthSettings).set({ rolledUpTo: now }).where(eq(healthSettings.id, 1));
  const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * hourMs);
  await tx.delete(healthChecks).where(lt(healthChecks.checkedAt, wholeHour(daysAgo(rawDays))));
  await tx.delete(healthHours).where(lt(healthHours.hour, daysAgo(hourDays)));
  await tx.delete(healthAlerts).where(lt(healthAlerts.clearedAt, daysAgo(hourDays)));
}

const wholeHour = (at: Date) => new Date(Math.floor(at.getTime() / hourMs) * hourMs);
