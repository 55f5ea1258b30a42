import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/planes.ts";
import { type RestoredTable, restoreRuns, restoreSteps } from "../../db/schema/control/restore.ts";
import { tenants } from "../../db/schema/control/tenants.ts";

/** The steps of a restore, in order. */
export const restoreStepKeys = [
  "fence",
  "database",
  "load",
  "verify",
  "writer",
  "switch",
  "sync",
  "files",
] as const;
export type RestoreStepKey = (typeof restoreStepKeys)[number];

export type RestoreRun = typeof restoreRuns.$inferSelect;

export interface RestoreStepState {
  readonly key: RestoreStepKey;
  readonly status: "waiting" | "running" | "done" | "failed";
  readonly reason: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A restore as it stands. */
export interface RestoreState {
  readonly run: RestoreRun;
  readonly steps: readonly RestoreStepState[];
}

/** The newest restore of a hospital; null where there was none. */
// open: a look-up inside rules that have authorized
export async function readRestore(db: ControlDb, tenantId: string): Promise<RestoreState | null> {
  const [run] = await db
    .select()
    .from(restoreRuns)
    .where(eq(restoreRuns.tenantId, tenantId))
    .orderBy(desc(restoreRuns.createdAt), desc(restoreRuns.id))
    .limit(1);
  if (run === undefined) return null;
  const steps = await db
    .select()
    .from(restoreSteps)
    .where(eq(restoreSteps.runId, run.id))
    .orderBy(asc(restoreSteps.position));
  return {
    run,
    steps: steps.map(({ key, status, reason, startedAt, finishedAt }) => ({
      key: key as RestoreStepKey,
      ...{ status, reason, startedAt, finishedAt },
    })),
  };
}

/** Whether a restore of the hospital has begun and not ended: nothing else is done to its databases meanwhile. */
// open: a part of queries inside rules that have authorized
export async function isBeingRestored(db: ControlDb, tenantId: string): Promise<boolean> {
  const rows = await db
    .select({ id: restoreRuns.id })
    .from(restoreRuns)
    .where(and(eq(restoreRuns.tenantId, tenantId), sql`${restoreRuns.status} <> 'done'`));
  return rows.length > 0;
}

/** A condition: this hospital is not being restored. */
// open: a part of queries inside rules that have authorized
export function notBeingRestored(): SQL {
  return sql`not exists (select from ${restoreRuns} where ${restoreRuns.tenantId} = ${tenants.id} and ${restoreRuns.status} <> 'done')`;
}

/** Notes what became of a step. */
// open: part of a restore, which has authorized
export async function noteRestoreStep(
  db: ControlDb,
  runId: string,
  key: RestoreStepKey,
  status: "running" | "done" | "failed",
  at: Date,
  reason: string | null = null,
): Promise<void> {
  await db
    .update(restoreSteps)
    .set({
      ...{ status, reason },
      ...(status === "running" ? { startedAt: at, finishedAt: null } : { finishedAt: at }),
    })
    .where(and(eq(restoreSteps.runId, runId), eq(restoreSteps.key, key)));
}

/** Notes facts of a run. */
// open: part of a restore, which has authorized
export async function noteRestore(
  db: ControlDb,
  runId: string,
  facts: Partial<
    Pick<
      RestoreRun,
      | "status"
      | "fencedAt"
      | "lastTick"
      | "lastTickAt"
      | "lostSeconds"
      | "waitingRows"
      | "moved"
      | "files"
      | "finishedAt"
    >
  >,
  at: Date,
): Promise<void> {
  await db
    .update(restoreRuns)
    .set({
      ...facts,
      updatedAt: at,
      ...(facts.status === "running" ? { attempts: sql`${restoreRuns.attempts} + 1` } : {}),
    })
    .where(eq(restoreRuns.id, runId));
}

/** Notes how far tables are, beside what is noted of the others. */
// open: part of a restore, which has authorized
export async function noteTables(
  db: ControlDb,
  runId: string,
  tables: Readonly<Record<string, RestoredTable>>,
  at: Date,
): Promise<void> {
  await db
    .update(restoreRuns)
    .set({
      tables: sql`${restoreRuns.tables} || ${JSON.stringify(tables)}::text::jsonb`,
      updatedAt: at,
    })
    .where(eq(restoreRuns.id, runId));
}
