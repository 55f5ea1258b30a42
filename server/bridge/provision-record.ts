import { and, asc, eq, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/planes.ts";
import { provisioningRuns, provisioningSteps } from "../../db/schema/control/provisioning.ts";
import type { CheckedHospital } from "../owner/tenants/new-hospital.ts";

/** The steps of a hospital's creation, in order. */
export const stepKeys = [
  "reserve",
  "role",
  "database",
  "grants",
  "settings",
  "roles",
  "first-admin",
  "copy",
  "ready",
] as const;
export type StepKey = (typeof stepKeys)[number];

/** What was asked for, as kept with the run. The first admin's password is sealed, and gone once it is of no use. */
export interface RunInput extends Omit<CheckedHospital, "firstAdmin"> {
  readonly firstAdmin: {
    readonly name: string;
    readonly email: string;
    readonly sealedPassword: string | null;
    /** Whether the password was made here, and has to be told to someone once. */
    readonly generated: boolean;
  };
}

export interface ProvisioningStepState {
  readonly key: StepKey;
  readonly status: "waiting" | "running" | "done" | "failed";
  /** Why it failed, in words. */
  readonly reason: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface ProvisioningState {
  readonly runId: string;
  readonly status: "running" | "failed" | "done";
  readonly input: RunInput;
  readonly steps: readonly ProvisioningStepState[];
  readonly attempts: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** How far a hospital's creation has come; null where there is none of that id. */
// open: a look-up inside rules that have authorized
export async function readProvisioning(db: ControlDb, tenantId: string): Promise<ProvisioningState | null> {
  const rows = await db
    .select({ run: provisioningRuns, step: provisioningSteps })
    .from(provisioningRuns)
    .innerJoin(provisioningSteps, eq(provisioningSteps.runId, provisioningRuns.id))
    .where(eq(provisioningRuns.tenantId, tenantId))
    .orderBy(asc(provisioningSteps.position));
  const run = rows[0]?.run;
  if (run === undefined) return null;
  return {
    runId: run.id,
    status: run.status,
    input: run.input as RunInput,
    steps: rows.map(({ step }) => ({
      key: step.key as StepKey,
      status: step.status,
      reason: step.reason,
      startedAt: step.startedAt,
      finishedAt: step.finishedAt,
    })),
    attempts: run.attempts,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    finishedAt: run.finishedAt,
  };
}

/** Notes what became of a step. */
// open: part of provisioning, which has authorized
export async function recordStep(
  db: ControlDb,
  runId: string,
  key: StepKey,
  status: "running" | "done" | "failed",
  at: Date,
  reason: string | null = null,
): Promise<void> {
  await db
    .update(provisioningSteps)
    .set({
      status,
      reason,
      ...(status === "running" ? { startedAt: at, finishedAt: null } : { finishedAt: at }),
    })
    .where(and(eq(provisioningSteps.runId, runId), eq(provisioningSteps.key, key)));
}

/** Notes what became of the run. A password that somebody chose is wiped as soon as the run is done. */
// open: part of provisioning, which has authorized
export async function recordRun(
  db: ControlDb,
  runId: string,
  status: "running" | "failed" | "done",
  at: Date,
): Promise<void> {
  const { input, attempts } = provisioningRuns;
  await db
    .update(provisioningRuns)
    .set({
      status,
      updatedAt: at,
      ...(status === "running" ? { attempts: sql`${attempts} + 1` } : {}),
      ...(status === "done"
        ? {
            finishedAt: at,
            input: sql`case when (${input} #>> '{firstAdmin,generated}')::boolean then ${input}
              else jsonb_set(${input}, '{firstAdmin,sealedPassword}', 'null') end`,
          }
        : {}),
    })
    .where(eq(provisioningRuns.id, runId));
}
