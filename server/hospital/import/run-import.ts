import { and, asc, eq, inArray } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import {
  importRunErrors,
  importRunFiles,
  importRuns,
  importUploads,
} from "../../../db/schema/hospital/import-runs.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { findImport, type ImportRun } from "./imports.ts";
import { type FileOutcome, judge, refuseFile } from "./outcome.ts";
import { readFile } from "./preview.ts";
import { resolvePlan } from "./resolve.ts";
import { addOutcome, errorRows, fileCounts } from "./run-rows.ts";
import { Overtaken, writeRecords } from "./write.ts";

type ImportFile = typeof importRunFiles.$inferSelect;

export interface RunOptions {
  /** Set when the work must end: it stops between two files and can be gone on with. */
  readonly signal?: AbortSignal;
  /** Told after each file. */
  readonly onProgress?: (run: ImportRun) => void | Promise<void>;
}

/**
 * Reads the files of an import that was started, one transaction each:
 * 1. the files that are done are passed over, so that an import that was cut off goes on where it was;
 * 2. a file's rows, its counts, its errors and the fact that it is done are written together, or none of them;
 * 3. a file that is refused is reported, and the others stand;
 * 4. a stop by someone is looked for before each file.
 * @returns the import as it then is: `done`, `stopped`, or still `running` where `signal` cut it off.
 * @throws AppError forbidden (403), not-found (404); whatever the database throws when it is away.
 */
export async function runImport(
  context: HospitalContext,
  importId: string,
  options: RunOptions = {},
): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  const files = await context.db
    .select({ id: importRunFiles.id })
    .from(importRunFiles)
    .where(and(eq(importRunFiles.runId, importId), eq(importRunFiles.status, "waiting")))
    .orderBy(asc(importRunFiles.position));
  for (const { id } of files) {
    if (options.signal?.aborted) return findImport(context, importId);
    const run = await markAlive(context, importId);
    if (run === null) return findImport(context, importId);
    await importFile(context, run, id);
    await options.onProgress?.(await findImport(context, importId));
  }
  return finish(context, importId);
}

/** Says that somebody is at it; null where the import has been stopped or has ended. */
async function markAlive(context: HospitalContext, importId: string): Promise<ImportRun | null> {
  const now = context.clock.now();
  const [run] = await context.db
    .update(importRuns)
    .set({ status: "running", aliveAt: now, updatedAt: now })
    .where(and(eq(importRuns.id, importId), inArray(importRuns.status, ["waiting", "running"])))
    .returning();
  return run ?? null;
}

async function finish(context: HospitalContext, importId: string): Promise<ImportRun> {
  const now = context.clock.now();
  const done = await context.write(async (tx) => {
    const [run] = await tx
      .update(importRuns)
      .set({ status: "done", finishedAt: now, updatedAt: now })
      .where(and(eq(importRuns.id, importId), inArray(importRuns.status, ["waiting", "running"])))
      .returning();
    if (run === undefined) return null;
    const { filesTotal, recordsTotal, errorCount } = run;
    const details = { filesTotal, recordsTotal, errorCount };
    await audit(tx, context, { event: "import.finished", entity: "import", entityId: importId, details });
    return run;
  });
  return done ?? findImport(context, importId);
}

/** Another import at the same moment, or a deadlock with one: what is there now is found at the next try. */
const tries = 3;
const worthAnotherTry = ["40001", "40P01"];

async function importFile(context: HospitalContext, run: ImportRun, fileId: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await context.write((tx) => bringIn(tx, context, run, fileId));
      return;
    } catch (error) {
      const state = sqlState(error);
      if (attempt < tries && (error instanceof Overtaken || worthAnotherTry.includes(state))) continue;
      const reason = reasonOf(error, state);
      if (reason === null) throw error;
      await context.write((tx) => refuse(tx, context, run, fileId, reason));
      return;
    }
  }
}

/** Why a file's transaction was rolled back, where that is the file's own doing; null where the database is at fault. */
function reasonOf(error: unknown, state: string): { readonly code: string; readonly message: string } | null {
  if (error instanceof AppError && error.kind === "payment-required")
    return { code: error.code, message: error.message };
  // Classes 22 and 23: values that the columns cannot hold. The database's own words quote them.
  if (/^2[23]/.test(state))
    return {
      code: "unstorable",
      message: "Some value of this file cannot be stored. Nothing of the file was kept.",
    };
  return null;
}

/** The SQLSTATE of a database error, however it is wrapped. */
function sqlState(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code: unknown = Reflect.get(cause, "code");
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return "";
}

async function bringIn(
  tx: HospitalTx,
  context: HospitalContext,
  run: ImportRun,
  fileId: string,
): Promise<void> {
  const file = await takeFile(tx, fileId);
  if (file === null) return;
  const content = await uploadOf(tx, fileId);
  if (content === null) return;
  const plan = readFile(context, content, run.source);
  if (!("records" in plan)) return settle(tx, context, run, file, plan);
  const { write, outcome } = judge(plan, await resolvePlan(tx, plan), run.keepGood);
  await writeRecords(tx, context, write, { importRunId: run.id, by: run.startedBy });
  await settle(tx, context, run, file, outcome);
}

async function refuse(
  tx: HospitalTx,
  context: HospitalContext,
  run: ImportRun,
  fileId: string,
  reason: { readonly code: string; readonly message: string },
): Promise<void> {
  const file = await takeFile(tx, fileId);
  const content = file === null ? null : await uploadOf(tx, fileId);
  if (file === null || content === null) return;
  const plan = readFile(context, content, run.source);
  await settle(
    tx,
    context,
    run,
    file,
    refuseFile("records" in plan ? plan : null, reason.code, reason.message),
  );
}

/** The file, held so that no other worker takes it; null where it is done. */
async function takeFile(tx: HospitalTx, fileId: string): Promise<ImportFile | null> {
  const [file] = await tx.select().from(importRunFiles).where(eq(importRunFiles.id, fileId)).for("update");
  return file?.status === "waiting" ? file : null;
}

/** What was uploaded; null where the import was stopped and the upload is gone. */
async function uploadOf(tx: HospitalTx, fileId: string): Promise<Uint8Array | null> {
  const [upload] = await tx.select().from(importUploads).where(eq(importUploads.fileId, fileId));
  return upload === undefined ? null : Bun.gunzipSync(upload.content as Uint8Array<ArrayBuffer>);
}

/** Writes down what became of a file, and lets go of the upload. */
async function settle(
  tx: HospitalTx,
  context: HospitalContext,
  run: ImportRun,
  file: ImportFile,
  outcome: FileOutcome,
): Promise<void> {
  const now = context.clock.now();
  const counts = fileCounts(outcome);
  // A file that could not be read counts as many records as its draft did.
  const recordsTotal = outcome.recordsTotal || file.recordsTotal;
  const nothingNew = Object.keys(outcome.created).length === 0 && Object.keys(outcome.existing).length === 0;
  const status = nothingNew && outcome.errors.length > 0 ? "refused" : "done";
  await tx
    .update(importRunFiles)
    .set({ ...counts, recordsTotal, status, finishedAt: now, updatedAt: now })
    .where(eq(importRunFiles.id, file.id));
  await tx.delete(importRunErrors).where(eq(importRunErrors.fileId, file.id));
  for (const rows of errorRows(run.id, file.id, outcome)) await tx.insert(importRunErrors).values(rows);
  await tx.delete(importUploads).where(eq(importUploads.fileId, file.id));
  const [current] = await tx.select().from(importRuns).where(eq(importRuns.id, run.id)).for("update");
  if (current === undefined) return;
  const sum = addOutcome(current, { ...counts, recordsTotal: 0 });
  await tx
    .update(importRuns)
    .set({
      ...sum,
      filesDone: current.filesDone + 1,
      recordsDone: current.recordsDone + recordsTotal,
      aliveAt: now,
      updatedAt: now,
    })
    .where(eq(importRuns.id, run.id));
}
