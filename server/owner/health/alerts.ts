import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import {
  type HealthAlertCode,
  healthAlertCodes,
  healthAlerts,
  healthWatches,
} from "../../../db/schema/control/health.ts";
import { certain, findingsOf, unknownTo } from "./findings.ts";
import type { HospitalProbe } from "./probe.ts";
import type { Thresholds } from "./thresholds.ts";

/** What a look changed. */
export interface AlertChange {
  readonly tenantId: string;
  readonly code: HealthAlertCode;
}
export interface Settled {
  readonly raised: readonly AlertChange[];
  readonly cleared: readonly AlertChange[];
}

const keyOf = ({ tenantId, code }: AlertChange) => `${tenantId} ${code}`;

/**
 * Raises what is newly wrong and clears what is over, each once, however many workers look at the same time. What
 * is measured has to be found so in several looks running, so that a link that comes and goes keeps one alert.
 */
// open: code of the health job, which has authorized
export async function settleAlerts(
  tx: ControlTx,
  probes: ReadonlyMap<string, HospitalProbe>,
  limits: Thresholds,
  at: Date,
): Promise<Settled> {
  const ids = [...probes.keys()];
  if (ids.length === 0) return { raised: [], cleared: [] };
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('health-alerts'))`);
  const open = await tx
    .select({ tenantId: healthAlerts.tenantId, code: healthAlerts.code, detail: healthAlerts.detail })
    .from(healthAlerts)
    .where(and(inArray(healthAlerts.tenantId, ids), isNull(healthAlerts.clearedAt)));
  const watched = await tx.select().from(healthWatches).where(inArray(healthWatches.tenantId, ids));
  const openNow = new Map(open.map((alert) => [keyOf(alert), alert]));
  const looks = new Map(watched.map((watch) => [keyOf(watch), watch.looks]));
  const changes = { raise: [] as Raised[], clear: [] as AlertChange[], reword: [] as Raised[] };
  const watch: (AlertChange & { looks: number })[] = [];
  const calm: AlertChange[] = [];
  for (const [tenantId, probe] of probes) {
    const opened = new Set(healthAlertCodes.filter((code) => openNow.has(keyOf({ tenantId, code }))));
    const found = new Map(findingsOf(probe, limits, opened, at).map(({ code, detail }) => [code, detail]));
    const unknown = unknownTo(probe);
    for (const code of healthAlertCodes) {
      if (unknown.has(code) && !found.has(code)) continue;
      const change = { tenantId, code };
      const [detail, was] = [found.get(code), openNow.get(keyOf(change))];
      const seen = looks.get(keyOf(change)) ?? 0;
      if ((detail !== undefined) === (was !== undefined)) {
        if (seen > 0) calm.push(change);
        if (detail !== undefined && was?.detail !== detail) changes.reword.push({ ...change, detail });
        continue;
      }
      const needed = certain.has(code) ? 1 : detail === undefined ? limits.clearAfter : limits.raiseAfter;
      if (seen + 1 < needed) {
        watch.push({ ...change, looks: seen + 1 });
        continue;
      }
      if (seen > 0) calm.push(change);
      if (detail === undefined) changes.clear.push(change);
      else changes.raise.push({ ...change, detail });
    }
  }
  await forget(tx, calm);
  await note(tx, watch);
  for (const { tenantId, code, detail } of changes.reword)
    await tx.update(healthAlerts).set({ detail }).where(openOne({ tenantId, code }));
  return { cleared: await clear(tx, changes.clear, at), raised: await raise(tx, changes.raise, at) };
}

type Raised = AlertChange & { readonly detail: string };
const inOneGo = 1_000;

function* parts<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += inOneGo) yield rows.slice(from, from + inOneGo);
}

const openOne = ({ tenantId, code }: AlertChange) =>
  and(eq(healthAlerts.tenantId, tenantId), eq(healthAlerts.code, code), isNull(healthAlerts.clearedAt));

async function raise(tx: ControlTx, rows: readonly Raised[], at: Date): Promise<readonly AlertChange[]> {
  const raised: AlertChange[] = [];
  for (const part of parts(rows))
    raised.push(
      ...(await tx
        .insert(healthAlerts)
        .values(part.map((row) => ({ ...row, raisedAt: at })))
        .onConflictDoNothing()
        .returning({ tenantId: healthAlerts.tenantId, code: healthAlerts.code })),
    );
  return raised;
}

async function clear(tx: ControlTx, rows: readonly AlertChange[], at: Date): Promise<readonly AlertChange[]> {
  const cleared: AlertChange[] = [];
  for (const part of parts(rows))
    cleared.push(
      ...(await tx
        .update(healthAlerts)
        .set({ clearedAt: at })
        .where(or(...part.map(openOne)))
        .returning({ tenantId: healthAlerts.tenantId, code: healthAlerts.code })),
    );
  return cleared;
}

async function note(
  tx: ControlTx,
  rows: readonly (AlertChange & { readonly looks: number })[],
): Promise<void> {
  for (const part of parts(rows))
    await tx
      .insert(healthWatches)
      .values([...part])
      .onConflictDoUpdate({
        target: [healthWatches.tenantId, healthWatches.code],
        set: { looks: sql`excluded.looks` },
      });
}

async function forget(tx: ControlTx, rows: readonly AlertChange[]): Promise<void> {
  for (const part of parts(rows))
    await tx
      .delete(healthWatches)
      .where(
        or(
          ...part.map(({ tenantId, code }) =>
            and(eq(healthWatches.tenantId, tenantId), eq(healthWatches.code, code)),
          ),
        ),
      );
}
