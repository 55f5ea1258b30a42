import { eq } from "drizzle-orm";
import { type Session, withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { plans } from "../../db/schema/control/plans.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import type { Keyring } from "../crypto.ts";
import { AppError, notFound } from "../errors.ts";
import { adminPlaceOf, type DatabaseServer, serversById } from "../owner/servers/servers.ts";
import { hospitalOf } from "../tenancy/resolve.ts";
import type { Services } from "../tenancy/services.ts";
import { failureReason } from "./provision-failure.ts";
import { type ProvisioningState, readProvisioning, recordRun, recordStep } from "./provision-record.ts";
import { type Making, type ProvisioningStep, provisioningSteps } from "./provision-steps.ts";

/** How a run ended: `busy` where somebody else is at it just now. */
export type RunOutcome =
  | { readonly status: "done" }
  | { readonly status: "busy" }
  | { readonly status: "failed"; readonly ready: boolean; readonly error: AppError };

/**
 * Does what is left of a hospital's creation, alone among all processes:
 * 1. takes the hospital's lock, which the control database frees when this process dies;
 * 2. goes on at the first step that is not done; each step is safe to do again;
 * 3. stops at the first that fails, with its reason on record, except at the online copy;
 * 4. notes the end.
 */
// open: whoever starts a run has authorized
export async function runProvisioning(
  services: Services,
  tenantId: string,
  steps: readonly ProvisioningStep[] = provisioningSteps,
): Promise<RunOutcome> {
  return withSession(services.controlPlace, async (session) => {
    if (!(await tryLock(session, tenantId))) return { status: "busy" };
    const { db } = services.connections.control;
    const state = await readProvisioning(db, tenantId);
    if (state === null) throw notFound("hospital");
    if (state.status === "done") return { status: "done" };
    await recordRun(db, state.runId, "running", services.clock.now());
    const outcome = await runSteps(services, state, tenantId, steps);
    await recordRun(db, state.runId, outcome.status === "done" ? "done" : "failed", services.clock.now());
    return outcome;
  });
}

async function tryLock(session: Session, tenantId: string): Promise<boolean> {
  const [row] = await session<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtextextended(${`wardline:provision:${tenantId}`}, 0)) as locked`;
  return row?.locked === true;
}

async function runSteps(
  services: Services,
  state: ProvisioningState,
  tenantId: string,
  steps: readonly ProvisioningStep[],
): Promise<RunOutcome> {
  const done = new Set(state.steps.filter((step) => step.status === "done").map((step) => step.key));
  const left = steps.filter((step) => !done.has(step.key));
  const making = await prepare(services, tenantId, state);
  const begun = new Map<ProvisioningStep, Promise<AppError | null>>();
  const begin = (step: ProvisioningStep) => {
    const ending = begun.get(step) ?? perform(making, state.runId, step);
    begun.set(step, ending);
    // One that fails before it is waited for must not end the process.
    ending.catch(() => {});
    return ending;
  };
  for (const step of left) if (step.early) begin(step);
  let error: AppError | null = null;
  for (const step of left) {
    const failure = await begin(step);
    error ??= failure;
    if (failure === null || step.optional) continue;
    await Promise.all(begun.values());
    return { status: "failed", ready: false, error: failure };
  }
  return error === null ? { status: "done" } : { status: "failed", ready: true, error };
}

async function perform(making: Making, runId: string, step: ProvisioningStep): Promise<AppError | null> {
  const { tenant, services } = making;
  const { clock, log } = services;
  const { db } = services.connections.control;
  await recordStep(db, runId, step.key, "running", clock.now());
  try {
    await step.run(making);
    await recordStep(db, runId, step.key, "done", clock.now());
    return null;
  } catch (cause) {
    const reason = failureReason(cause);
    log.error({ err: cause, tenantId: tenant.id, step: step.key }, "A step of setting a hospital up failed");
    await recordStep(db, runId, step.key, "failed", clock.now(), reason);
    const details = { tenantId: tenant.id, step: step.key };
    return new AppError("unavailable", "provisioning.failed", reason, { cause, details });
  }
}

async function prepare(services: Services, tenantId: string, state: ProvisioningState): Promise<Making> {
  const { connections, keyring } = services;
  const [row] = await connections.control.db
    .select({ tenant: tenants, plan: plans })
    .from(tenants)
    .innerJoin(plans, eq(plans.id, tenants.planId))
    .where(eq(tenants.id, tenantId));
  if (row === undefined) throw notFound("hospital");
  const { tenant, plan } = row;
  if (tenant.status !== "provisioning" && tenant.status !== "active" && tenant.status !== "suspended")
    throw new AppError(
      "conflict",
      "tenant.status",
      `The hospital is ${tenant.status}; it is not set up any further.`,
    );
  const servers = await serversById(connections.control.db, [
    tenant.primaryServerId,
    tenant.copyServerId ?? tenant.primaryServerId,
  ]);
  const primary = servers.get(tenant.primaryServerId);
  if (primary === undefined) throw new Error("The hospital's database server is not on record.");
  const copy = tenant.copyServerId === null ? undefined : servers.get(tenant.copyServerId);
  const hospital = hospitalOf(keyring, { tenant, server: primary });
  return {
    services,
    tenant,
    plan,
    hospital,
    input: state.input,
    rolePassword: keyring.unseal(tenant.sealedPassword),
    primaryAdmin: adminPlaceOf(primary, keyring),
    copyAdmin: placeOrNull(copy, keyring),
    pool: connections.hospital(hospital.place),
  };
}

function placeOrNull(server: DatabaseServer | undefined, keyring: Keyring): Place | null {
  return server === undefined ? null : adminPlaceOf(server, keyring);
}
