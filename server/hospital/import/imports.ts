import { and, eq, inArray } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import {
  importRunErrors,
  importRunFiles,
  importRuns,
  importUploads,
} from "../../../db/schema/hospital/import-runs.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

export type ImportRun = typeof importRuns.$inferSelect;

/**
 * Stops an import after the file that is being read; what has come in stays. A draft is thrown away.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function stopImport(context: HospitalContext, importId: string): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  return context.write(async (tx) => {
    const now = context.clock.now();
    const [stopped] = await tx
      .update(importRuns)
      .set({ status: "stopped", finishedAt: now, updatedAt: now })
      .where(and(eq(importRuns.id, importId), inArray(importRuns.status, ["draft", "waiting", "running"])))
      .returning();
    if (stopped === undefined) {
      const [run] = await tx.select().from(importRuns).where(eq(importRuns.id, importId));
      if (run === undefined) throw notFound("import");
      return run;
    }
    if (stopped.startedAt === null) await removeRun(tx, importId);
    else await forgetUploads(tx, importId);
    await audit(tx, context, { event: "import.stopped", entity: "import", entityId: importId });
    return stopped;
  });
}

/** One import. @throws AppError forbidden (403), not-found (404). */
export async function findImport(context: HospitalContext, importId: string): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  const [run] = await context.db.select().from(importRuns).where(eq(importRuns.id, importId));
  if (run === undefined) throw notFound("import");
  return run;
}

/** Forgets a draft as if it had never been. */
// open: a step of rules that have authorized
export async function removeRun(tx: HospitalTx, runId: string): Promise<void> {
  await forgetUploads(tx, runId);
  await tx.delete(importRunErrors).where(eq(importRunErrors.runId, runId));
  await tx.delete(importRunFiles).where(eq(importRunFiles.runId, runId));
  await tx.delete(importRuns).where(eq(importRuns.id, runId));
}

async function forgetUploads(tx: HospitalTx, runId: string): Promise<void> {
  const files = tx
    .select({ id: importRunFiles.id })
    .from(importRunFiles)
    .where(eq(importRunFiles.runId, runId));
  await tx.delete(importUploads).where(inArray(importUploads.fileId, files));
}
