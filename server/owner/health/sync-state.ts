import { eq, sql } from "drizzle-orm";
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
  const sent =
    report.rows > 0
      ? { rows: report.rows, rowsPerSecond: (report.rows * 1000) / Math.max(report.tookMs, 1) }
      : {};
  const facts = {
    outcome: report.outcome,
    reportedAt: at,
    parkedCode: report.parked?.code ?? null,
    parkedReason: report.parked?.reason ?? null,
    ...(report.outcome === "synced" ? { syncedAt: at } : {}),
    ...(report.lagRows === null ? {} : { lagRows: report.lagRows }),
    ...(report.lastTick === null ? {} : { lastTick: report.lastTick, lastTickAt: report.lastTickAt }),
    ...sent,
  };
  await db
    .insert(syncStates)
    .values({ tenantId, ...facts })
    .onConflictDoUpdate({
      target: syncStates.tenantId,
      set: facts,
      setWhere: sql`${syncStates.reportedAt} <= ${at}`,
    });
}

/** Keeps the result of a proof. */
// open: code of the sync job, which has authorized
export async function recordProof(
  db: ControlDb,
  tenantId: string,
  report: VerifyReport,
  at: Date,
): Promise<void> {
  if (report.outcome !== "verified") return;
  await db
    .update(syncStates)
    .set({ verifiedAt: at, verifiedEqual: report.equal })
    .where(eq(syncStates.tenantId, tenantId));
}
