import { lte } from "drizzle-orm";
import type { ControlDb } from "../../../db/planes.ts";
import { syncStates } from "../../../db/schema/control/health.ts";
import type { SyncReport, VerifyReport } from "../../sync/report.ts";

/** Keeps how a push ended, for the owner's pages. A turn that another worker had says nothing new. */
// open: code of the sync job, which has authorized
export async function recordPush(
  db: ControlDb,
  tenantId: string,
  report: SyncReport,
  at: Date,
): Promise<void> {
  if (report.outcome === "busy") return;
  const facts = {
    outcome: report.outcome,
    reportedAt: at,
    parkedCode: report.parked?.code ?? null,
    parkedReason: report.parked?.reason ?? null,
    ...(report.outcome === "synced" ? { syncedAt: at } : {}),
    ...(report.lagRows === null ? {} : { lagRows: report.lagRows }),
    ...(report.lastTick === null ? {} : { lastTick: report.lastTick, lastTickAt: report.lastTickAt }),
    ...(report.rows === 0
      ? {}
      : { rows: report.rows, rowsPerSecond: (report.rows * 1000) / Math.max(report.tookMs, 1) }),
  };
  await db
    .insert(syncStates)
    .values({ tenantId, ...facts })
    .onConflictDoUpdate({
      target: syncStates.tenantId,
      set: facts,
      setWhere: lte(syncStates.reportedAt, at),
    });
}

/** Keeps the result of a proof, which ends with the copy up to date. */
// open: code of the sync job, which has authorized
export async function recordProof(
  db: ControlDb,
  tenantId: string,
  report: VerifyReport,
  at: Date,
): Promise<void> {
  if (report.outcome !== "verified") return;
  const facts = { verifiedAt: at, verifiedEqual: report.equal, lastTick: report.tick };
  await db
    .insert(syncStates)
    .values({ tenantId, outcome: "synced", reportedAt: at, syncedAt: at, lagRows: 0, ...facts })
    .onConflictDoUpdate({ target: syncStates.tenantId, set: facts });
}
