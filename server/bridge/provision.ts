import { and, eq, inArray, lt, or, sql } from "drizzle-orm";
import { provisioningRuns } from "../../db/schema/control/provisioning.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError, notFound } from "../errors.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import { checkNewHospital, type NewHospital } from "../owner/tenants/new-hospital.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { type ProvisioningState, readProvisioning } from "./provision-record.ts";
import { reserveHospital } from "./provision-reserve.ts";
import { type RunOutcome, runProvisioning } from "./provision-run.ts";
import { type ProvisioningStep, provisioningSteps } from "./provision-steps.ts";

export interface Provisioned {
  readonly tenant: Tenant;
  /** `password` only where it was made here; it is not told again. */
  readonly firstAdmin: { readonly email: string; readonly password: string | null };
}

/**
 * Creates a hospital from name to working portal: role, database, rights, settings, roles, first admin, online
 * copy. Killed at any point and called again with the same input, it completes the one hospital.
 * @throws AppError invalid (422) naming the fields, conflict (409) naming a taken name or while the same
 *   hospital is being set up elsewhere, unavailable (503) `provisioning.failed` with the step and its reason.
 */
export async function provisionHospital(
  services: Services,
  owner: OwnerContext,
  input: NewHospital,
  steps: readonly ProvisioningStep[] = provisioningSteps,
): Promise<Provisioned> {
  authorize(owner.actor, "tenants:create");
  const { tenantId } = await reserveHospital(services, owner, checkNewHospital(input));
  const outcome = await runProvisioning(services, tenantId, steps);
  if (outcome.status === "busy") throw beingSetUp();
  if (outcome.status === "failed" && !outcome.ready) throw outcome.error;
  const [tenant] = await owner.db.select().from(tenants).where(eq(tenants.id, tenantId));
  if (tenant === undefined) throw notFound("hospital");
  const email = input.firstAdmin.email.trim().toLowerCase();
  return { tenant, firstAdmin: { email, password: await tellFirstPassword(services, owner, tenantId) } };
}

/**
 * Claims the names and answers; the steps go on behind, watched by `watchProvisioning`. Where this process dies
 * the sweep `provisioning.resume-due` goes on.
 * @throws AppError as `provisionHospital`, up to the claim.
 */
export async function startProvisioning(
  services: Services,
  owner: OwnerContext,
  input: NewHospital,
): Promise<{ readonly tenantId: string }> {
  authorize(owner.actor, "tenants:create");
  const { tenantId } = await reserveHospital(services, owner, checkNewHospital(input));
  goOnBehind(services, tenantId);
  return { tenantId };
}

/** Tries a failed creation again from the step that failed. @throws AppError conflict where it runs or is done. */
export async function retryProvisioning(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<void> {
  authorize(owner.actor, "tenants:create");
  requireTenant(owner.actor, tenantId);
  const state = await readProvisioning(owner.db, tenantId);
  if (state === null) throw notFound("hospital");
  if (state.status === "done")
    throw new AppError("conflict", "provisioning.done", "This hospital is set up already.");
  await owner.write((tx) =>
    auditOwner(tx, owner, { event: "tenant.set-up-retried", entity: "tenant", entityId: tenantId, tenantId }),
  );
  goOnBehind(services, tenantId);
}

/** How far a hospital's creation has come. @throws AppError not-found (404). */
export async function getProvisioning(owner: OwnerContext, tenantId: string): Promise<ProvisioningState> {
  authorize(owner.actor, "tenants:read");
  requireTenant(owner.actor, tenantId);
  const state = await readProvisioning(owner.db, tenantId);
  if (state === null) throw notFound("hospital");
  return state;
}

/**
 * The password made for the first admin, told once and then wiped. Null where somebody chose it, or it was told.
 */
export async function tellFirstPassword(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<string | null> {
  authorize(owner.actor, "tenants:create");
  requireTenant(owner.actor, tenantId);
  const state = await readProvisioning(owner.db, tenantId);
  if (state === null) throw notFound("hospital");
  const { sealedPassword, generated } = state.input.firstAdmin;
  if (!generated || sealedPassword === null) return null;
  const { input } = provisioningRuns;
  return owner.write(async (tx) => {
    const wiped = await tx
      .update(provisioningRuns)
      .set({ input: sql`jsonb_set(${input}, '{firstAdmin,sealedPassword}', 'null')` })
      .where(
        and(
          eq(provisioningRuns.id, state.runId),
          sql`${input} #>> '{firstAdmin,sealedPassword}' = ${sealedPassword}`,
          // Until the first admin is there the steps still need it.
          sql`exists (select from provisioning_steps s where s.run_id = ${state.runId} and s.key = 'first-admin' and s.status = 'done')`,
        ),
      )
      .returning({ id: provisioningRuns.id });
    if (wiped.length === 0) return null;
    await auditOwner(tx, owner, {
      event: "tenant.first-password-told",
      entity: "tenant",
      entityId: tenantId,
      tenantId,
    });
    return services.keyring.unseal(sealedPassword);
  });
}

/** Goes on with one hospital's creation, as a job or a command does. */
// open: called by the job runner and the command line alone
export async function resumeProvisioning(
  services: Services,
  tenantId: string,
  steps: readonly ProvisioningStep[] = provisioningSteps,
): Promise<RunOutcome> {
  return runProvisioning(services, tenantId, steps);
}

const minuteMs = 60_000;
/** A run that failed is tried again by itself this often at most; after that a person decides. */
const attemptsByItself = 20;

/**
 * Goes on with every creation that stopped half-way: those of a process that died, and failed ones after a
 * pause that grows with each try. One that somebody is at is left alone.
 * @returns how many were completed and how many still want something.
 */
// open: called by the job runner alone
export async function resumeDueProvisioning(
  services: Services,
): Promise<{ readonly completed: number; readonly unfinished: number }> {
  const { status, updatedAt, attempts, tenantId } = provisioningRuns;
  const now = services.clock.now();
  const due = await services.connections.control.db
    .select({ tenantId })
    .from(provisioningRuns)
    .innerJoin(tenants, eq(tenants.id, tenantId))
    .where(
      and(
        inArray(tenants.status, ["provisioning", "active", "suspended"]),
        or(
          eq(status, "running"),
          and(
            eq(status, "failed"),
            lt(attempts, attemptsByItself),
            sql`${updatedAt} < ${now.toISOString()}::timestamptz - least(${attempts} * ${minuteMs}, ${60 * minuteMs}) * interval '1 millisecond'`,
          ),
        ),
      ),
    );
  let completed = 0;
  let unfinished = 0;
  for (const run of due) {
    const outcome = await runProvisioning(services, run.tenantId);
    if (outcome.status === "done") completed += 1;
    if (outcome.status === "failed") unfinished += 1;
  }
  return { completed, unfinished };
}

function goOnBehind(services: Services, tenantId: string): void {
  runProvisioning(services, tenantId).catch((error: unknown) => {
    services.log.error(
      { err: error, tenantId },
      "Setting a hospital up stopped; the sweep will go on with it",
    );
  });
}

function beingSetUp(): AppError {
  const message = "A hospital of this name is being set up just now.";
  return new AppError("conflict", "provisioning.running", message, {
    fields: [{ field: "subdomain", code: "provisioning.running", message }],
    retryAfterSeconds: 2,
  });
}
