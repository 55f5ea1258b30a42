import { sql } from "drizzle-orm";
import { authorize } from "../auth/permissions.ts";
import { type HospitalHealth, latestHealth } from "../owner/health/health.ts";
import { keepHistory } from "../owner/health/history.ts";
import type { HospitalProbe } from "../owner/health/probe.ts";
import { recordHealth } from "../owner/health/record.ts";
import { readThresholds } from "../owner/health/thresholds.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { lookAtHospitals } from "./health-pass.ts";
import { noteUsage } from "./usage.ts";

type Needs = Pick<Services, "connections" | "keyring" | "clock" | "log">;

/** Looks at both databases of one hospital now, keeps what it found, and answers the hospital's health. @throws AppError not-found (404). */
export async function checkHospitalHealth(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<HospitalHealth> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  await lookAndKeep(services, [tenantId]);
  const health = (await latestHealth(context, [tenantId])).get(tenantId);
  if (health === undefined) throw new Error("A hospital was checked and has no health.");
  return health;
}

/** What one look at every hospital found. */
export interface HealthPass {
  readonly checked: number;
  /** A database does not answer. */
  readonly unwell: number;
  /** A hospital's own server was not heard. */
  readonly unknown: number;
  readonly raised: number;
  readonly cleared: number;
  readonly tookMs: number;
}

/**
 * Looks at both databases of every hospital, keeps the findings, raises and clears alerts, and keeps the history
 * within its bounds.
 */
// open: called by the health job and the command line alone
export async function checkAllHospitals(services: Needs): Promise<HealthPass> {
  const started = performance.now();
  const { probes, raised, cleared } = await lookAndKeep(services, null);
  await services.connections.control.transaction((tx) => keepHistory(tx, services.clock.now()));
  const all = [...probes.values()];
  const lost = ({ primary, copy }: HospitalProbe) =>
    primary?.reachable === false || copy?.reachable === false;
  return {
    checked: all.length,
    unwell: all.filter(lost).length,
    unknown: all.filter(({ primary }) => primary === null).length,
    ...{ raised, cleared, tookMs: Math.round(performance.now() - started) },
  };
}

async function lookAndKeep(services: Needs, only: readonly string[] | null) {
  const { control } = services.connections;
  const limits = await readThresholds(control.db);
  const probes = await lookAtHospitals(services, limits, only);
  const from = { vault: services.keyring, clock: services.clock };
  const settled = await control.transaction(async (tx) => {
    // Together a thousand hospitals are more than the usual half minute on a busy disk.
    await tx.execute(sql`set local statement_timeout = '60s'`);
    return recordHealth(tx, from, probes, limits);
  });
  await noteUsage(services, probes);
  return { probes, raised: settled.raised.length, cleared: settled.cleared.length };
}
