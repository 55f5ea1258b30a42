import { eq, ne } from "drizzle-orm";
import { restoreRuns, restoreSteps as stepsTable } from "../../db/schema/control/restore.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { requireStepUp } from "../auth/step-up.ts";
import { AppError, invalidField, notFound } from "../errors.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { planRestore, type RestorePlan } from "./restore-plan.ts";
import { type RestoreState, readRestore, restoreStepKeys } from "./restore-record.ts";
import { type RestoreOutcome, runRestore } from "./restore-run.ts";
import { type RestoreStep, restoreSteps } from "./restore-steps.ts";

/** What is asked for with a restore. */
export interface RestoreAsked {
  /** The hospital's name, typed by whoever asks. */
  readonly confirmation: string;
  /** The name of the server to restore on; left out, the one it was on. */
  readonly server?: string | undefined;
  readonly reason?: string | undefined;
  /** Although the database to be replaced still answers, or the copy was not whole. */
  readonly anyway?: boolean | undefined;
}

/** How far a hospital's newest restore has come; null where there was none. */
export async function getRestore(owner: OwnerContext, tenantId: string): Promise<RestoreState | null> {
  authorize(owner.actor, "health:read");
  requireTenant(owner.actor, tenantId);
  return readRestore(owner.db, tenantId);
}

/**
 * Begins to rebuild a hospital's database from its online copy and answers; the steps go on behind, and where this
 * process dies the sweep `restore.resume-due` goes on.
 * @throws AppError as `planRestore`; invalid (422) `confirmation`; conflict (409) `restore.running`,
 *   `restore.primary-answers`, `restore.copy-incomplete`; forbidden (403) `auth.step-up-required`.
 */
export async function startRestore(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  asked: RestoreAsked,
): Promise<RestorePlan> {
  authorize(owner.actor, "tenants:restore");
  const plan = await reserveRestore(services, owner, tenantId, asked);
  goOnBehind(services, tenantId);
  return plan;
}

/** As `startRestore`, and answers when it has ended. @throws as it; unavailable (503) `restore.failed`. */
export async function restoreHospital(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  asked: RestoreAsked,
  steps: readonly RestoreStep[] = restoreSteps,
): Promise<RestoreState> {
  authorize(owner.actor, "tenants:restore");
  await reserveRestore(services, owner, tenantId, asked);
  const outcome = await runRestore(services, tenantId, steps);
  if (outcome.status === "failed") throw outcome.error;
  if (outcome.status === "busy") throw running();
  const state = await readRestore(owner.db, tenantId);
  if (state === null) throw notFound("restore");
  return state;
}

/** Goes on with a restore that failed, from the step that failed. */
export async function retryRestore(services: Services, owner: OwnerContext, tenantId: string): Promise<void> {
  authorize(owner.actor, "tenants:restore");
  requireTenant(owner.actor, tenantId);
  const state = await readRestore(owner.db, tenantId);
  if (state === null) throw notFound("restore");
  if (state.run.status === "done")
    throw new AppError("conflict", "restore.done", "This restore has ended already.");
  await owner.write((tx) =>
    auditOwner(tx, owner, {
      event: "tenant.restore-retried",
      entity: "tenant",
      entityId: tenantId,
      tenantId,
    }),
  );
  goOnBehind(services, tenantId);
}

/** Goes on with one restore, as a command does. */
// open: called by the command line and tests alone
export async function resumeRestore(
  services: Services,
  tenantId: string,
  steps: readonly RestoreStep[] = restoreSteps,
): Promise<RestoreOutcome> {
  return runRestore(services, tenantId, steps);
}

/** Goes on with every restore that has not ended; one that somebody is at is left alone. */
// open: called by the job runner alone
export async function resumeDueRestores(
  services: Services,
): Promise<{ readonly completed: number; readonly unfinished: number }> {
  const due = await services.connections.control.db
    .select({ tenantId: restoreRuns.tenantId })
    .from(restoreRuns)
    .innerJoin(tenants, eq(tenants.id, restoreRuns.tenantId))
    .where(ne(restoreRuns.status, "done"));
  let completed = 0;
  let unfinished = 0;
  for (const { tenantId } of due) {
    const outcome = await runRestore(services, tenantId);
    if (outcome.status === "done") completed += 1;
    if (outcome.status === "failed") unfinished += 1;
  }
  return { completed, unfinished };
}

async function reserveRestore(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  asked: RestoreAsked,
): Promise<RestorePlan> {
  authorize(owner.actor, "tenants:restore");
  requireTenant(owner.actor, tenantId);
  await requireStepUp(owner, "tenant.restore");
  const before = await readRestore(owner.db, tenantId);
  if (before !== null && before.run.status !== "done") throw running();
  const plan = await planRestore(services, owner, tenantId, asked.server);
  if (asked.confirmation.trim() !== plan.hospital)
    throw invalidField("confirmation", "not-equal", "Type the hospital's name exactly as it stands there.");
  if (!asked.anyway) refuseDoubtful(plan);
  await owner.write(async (tx) => {
    const [tenant] = await tx.select().from(tenants).where(eq(tenants.id, tenantId)).for("update");
    if (tenant === undefined) throw notFound("hospital");
    const meanwhile = await readRestore(tx, tenantId);
    if (meanwhile !== null && meanwhile.run.status !== "done") throw running();
    const [run] = await tx
      .insert(restoreRuns)
      .values({
        tenantId,
        requestedBy: owner.actor.name,
        reason: asked.reason?.trim() || null,
        ...{ oldServerId: tenant.primaryServerId, oldDatabase: tenant.primaryDatabase },
        schemaName: tenant.schemaName,
        ...{ targetServerId: plan.target.serverId, targetDatabase: plan.target.database },
        waitingRows: plan.lost.waitingRows,
        ...{ createdAt: owner.clock.now(), updatedAt: owner.clock.now() },
      })
      .returning({ id: restoreRuns.id });
    if (run === undefined) throw new Error("A restore was begun and is not on record.");
    await tx
      .insert(stepsTable)
      .values(restoreStepKeys.map((key, position) => ({ runId: run.id, position, key })));
    await auditOwner(tx, owner, {
      event: "tenant.restore-begun",
      entity: "tenant",
      entityId: tenantId,
      tenantId,
      details: {
        ...{ runId: run.id, server: plan.target.server, database: plan.target.database },
        ...(asked.reason === undefined ? {} : { reason: asked.reason }),
      },
    });
  });
  return plan;
}

function refuseDoubtful(plan: RestorePlan): void {
  if (plan.primaryAnswers)
    throw new AppError(
      "conflict",
      "restore.primary-answers",
      "The hospital's database answers. Restore only if it is to be replaced all the same.",
    );
  if (plan.copyIncomplete)
    throw new AppError(
      "conflict",
      "restore.copy-incomplete",
      "The online copy was being filled and is not whole. Restore only if nothing better is left.",
    );
}

function goOnBehind(services: Services, tenantId: string): void {
  runRestore(services, tenantId).catch((error: unknown) => {
    services.log.error({ err: error, tenantId }, "A restore stopped; the sweep will go on with it");
  });
}

const running = () =>
  new AppError("conflict", "restore.running", "This hospital is being restored already.", {
    retryAfterSeconds: 5,
  });
