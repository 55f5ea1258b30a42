import { eq } from "drizzle-orm";
import { type Session, withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { AppError, notFound } from "../errors.ts";
import { adminPlaceOf, serversById } from "../owner/servers/servers.ts";
import { SideLost } from "../sync/sides.ts";
import type { Services } from "../tenancy/services.ts";
import { failureReason } from "./provision-failure.ts";
import { noteRestore, noteRestoreStep, type RestoreState, readRestore } from "./restore-record.ts";
import { type RestoreStep, restoreSteps } from "./restore-steps.ts";
import type { Restoring } from "./restoring.ts";

/** How a run ended: `busy` where somebody else is at it just now. */
export type RestoreOutcome =
  | { readonly status: "done" }
  | { readonly status: "busy" }
  | { readonly status: "failed"; readonly error: AppError };

/**
 * Does what is left of a hospital's restore, alone among all processes: takes its lock, which the control database
 * frees when this process dies, and goes on at the first step that is not done.
 */
// open: whoever starts a run has authorized
export async function runRestore(
  services: Services,
  tenantId: string,
  steps: readonly RestoreStep[] = restoreSteps,
): Promise<RestoreOutcome> {
  return withSession(services.controlPlace, async (session) => {
    if (!(await tryLock(session, tenantId))) return { status: "busy" };
    const { db } = services.connections.control;
    const state = await readRestore(db, tenantId);
    if (state === null) throw notFound("restore");
    if (state.run.status === "done") return { status: "done" };
    await noteRestore(db, state.run.id, { status: "running" }, services.clock.now());
    const outcome = await goOn(services, state, tenantId, steps);
    const now = services.clock.now();
    await noteRestore(
      db,
      state.run.id,
      outcome.status === "done" ? { status: "done", finishedAt: now } : { status: "failed" },
      now,
    );
    return outcome;
  });
}

async function tryLock(session: Session, tenantId: string): Promise<boolean> {
  const [row] = await session<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtextextended(${`wardline:restore:${tenantId}`}, 0)) as locked`;
  return row?.locked === true;
}

async function goOn(
  services: Services,
  before: RestoreState,
  tenantId: string,
  steps: readonly RestoreStep[],
): Promise<RestoreOutcome> {
  const { clock, log } = services;
  const { db } = services.connections.control;
  const { id } = before.run;
  for (const step of steps) {
    // Read anew: the step before may have noted what this one needs.
    const state = await readRestore(db, tenantId);
    if (state === null) throw notFound("restore");
    if (state.steps.find(({ key }) => key === step.key)?.status === "done") continue;
    await noteRestoreStep(db, id, step.key, "running", clock.now());
    try {
      await step.run(await prepare(services, tenantId, state));
      await noteRestoreStep(db, id, step.key, "done", clock.now());
    } catch (cause) {
      const reason = reasonOf(cause);
      log.error({ err: cause, tenantId, step: step.key }, "A step of restoring a hospital failed");
      await noteRestoreStep(db, id, step.key, "failed", clock.now(), reason);
      const details = { tenantId, step: step.key };
      return {
        status: "failed",
        error: new AppError("unavailable", "restore.failed", reason, { cause, details }),
      };
    }
  }
  return { status: "done" };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof SideLost)) return failureReason(error);
  return error.side === "copy"
    ? "The online copy cannot be reached. The restore goes on when it is back."
    : "The server to restore on cannot be reached. The restore goes on when it is back.";
}

async function prepare(services: Services, tenantId: string, { run }: RestoreState): Promise<Restoring> {
  const { connections, keyring } = services;
  const { db } = connections.control;
  const [tenant] = await db.select().from(tenants).where(eq(tenants.id, tenantId));
  if (tenant === undefined) throw notFound("hospital");
  if (tenant.copyServerId === null || tenant.copyDatabase === null)
    throw new AppError("conflict", "restore.no-copy", "This hospital has no online copy.");
  const servers = await serversById(db, [run.oldServerId, run.targetServerId, tenant.copyServerId]);
  const serverOf = (id: string): Place => {
    const server = servers.get(id);
    if (server === undefined) throw new Error("A database server of the restore is not on record.");
    return adminPlaceOf(server, keyring);
  };
  const at = (id: string, database: string): Place => ({
    ...serverOf(id),
    database,
    schema: run.schemaName,
  });
  return {
    services,
    tenant,
    run,
    old: at(run.oldServerId, run.oldDatabase),
    copy: at(tenant.copyServerId, tenant.copyDatabase),
    server: serverOf(run.targetServerId),
    target: at(run.targetServerId, run.targetDatabase),
  };
}
