import { and, eq, inArray, lt, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { importRunErrors, importRunFiles, importRuns } from "../../../db/schema/hospital/import-runs.ts";
import type { JobQueue } from "../../../jobs/queue.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { findImport, type ImportRun } from "./imports.ts";

/** A run that nobody has been at for this long has lost its worker. */
const stalledAfterMs = 2 * 60 * 1_000;

/**
 * Starts a draft: its counts begin again at nothing, and a worker is asked for. Starting one that was started
 * changes nothing.
 * @throws AppError forbidden (403), not-found (404), conflict (409) once it has ended, unavailable (503).
 */
export async function startImport(
  context: HospitalContext,
  queue: JobQueue,
  importId: string,
): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  const run = await context.write((tx) => beginImport(tx, context, importId));
  await askForWorker(context, queue, run.id);
  return run;
}

/** The same without asking for a worker: for who does the work itself. */
// open: called by startImport, which has authorized, and by the command line
export async function beginImport(
  tx: HospitalTx,
  context: HospitalContext,
  importId: string,
): Promise<ImportRun> {
  const now = context.clock.now();
  const clean = { created: {}, existing: {}, refused: {}, skipped: {}, errorCount: 0 };
  const [started] = await tx
    .update(importRuns)
    .set({
      status: "waiting",
      startedAt: now,
      aliveAt: now,
      recordsDone: 0,
      filesDone: 0,
      ...clean,
      updatedAt: now,
    })
    .where(and(eq(importRuns.id, importId), eq(importRuns.status, "draft")))
    .returning();
  if (started === undefined) {
    const [run] = await tx.select().from(importRuns).where(eq(importRuns.id, importId));
    if (run === undefined) throw notFound("import");
    if (run.status === "waiting" || run.status === "running") return run;
    throw new AppError(
      "conflict",
      "import.ended",
      "This import has ended. Upload the files again; what is there already is not added twice.",
    );
  }
  await tx
    .update(importRunFiles)
    .set({ ...clean, updatedAt: now })
    .where(eq(importRunFiles.runId, importId));
  await tx.delete(importRunErrors).where(eq(importRunErrors.runId, importId));
  await audit(tx, context, { event: "import.started", entity: "import", entityId: importId });
  return started;
}

async function askForWorker(context: HospitalContext, queue: JobQueue, importId: string): Promise<void> {
  await queue.add("import.run", { tenantId: context.hospital.id, importId }, { dedupeKey: importId });
}

/** Whether an import should be going on, and nobody is at it. */
// open: a plain question about a row
export function isStalled(run: ImportRun, now: Date): boolean {
  if (run.status !== "waiting" && run.status !== "running") return false;
  return (run.aliveAt ?? run.updatedAt).getTime() < now.getTime() - stalledAfterMs;
}

/**
 * Asks for a worker again where an import has lost its own: it goes on with the first file that is not done.
 * @throws AppError forbidden (403), not-found (404), unavailable (503).
 */
export async function continueImport(
  context: HospitalContext,
  queue: JobQueue,
  importId: string,
): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  const run = await findImport(context, importId);
  if (!isStalled(run, context.clock.now())) return run;
  await context.write((tx) =>
    tx.update(importRuns).set({ aliveAt: context.clock.now() }).where(eq(importRuns.id, importId)),
  );
  await askForWorker(context, queue, importId);
  return run;
}

/**
 * Asks for a worker for every import that has lost its own, as after a queue was lost.
 * @returns how many there were.
 * @throws AppError forbidden (403), unavailable (503).
 */
export async function continueStalledImports(context: HospitalContext, queue: JobQueue): Promise<number> {
  authorize(context.actor, "patients:import");
  const before = new Date(context.clock.now().getTime() - stalledAfterMs);
  const stalled = await context.db
    .select({ id: importRuns.id })
    .from(importRuns)
    .where(
      and(
        inArray(importRuns.status, ["waiting", "running"]),
        lt(sql`coalesce(${importRuns.aliveAt}, ${importRuns.updatedAt})`, before.toISOString()),
      ),
    );
  for (const { id } of stalled) await continueImport(context, queue, id);
  return stalled.length;
}
