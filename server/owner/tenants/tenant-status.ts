import { eq, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { provisioningRuns } from "../../../db/schema/control/provisioning.ts";
import { type TenantStatus, tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";
import { textProblem } from "./new-hospital.ts";

export type Tenant = typeof tenants.$inferSelect;

/** The changes of a hospital's state that there are. `deleting` is closed with its data kept; `deleted` is erased. */
const transitions: Readonly<Record<TenantStatus, readonly TenantStatus[]>> = {
  provisioning: ["deleting"],
  active: ["suspended", "archived", "deleting"],
  suspended: ["active", "archived", "deleting"],
  archived: ["active", "deleting"],
  deleting: ["active"],
  deleted: [],
};

/** How long a deleted hospital's databases are kept before they are dropped, in days. */
export const retentionDays = 30;

const dayMs = 24 * 60 * 60_000;

/** Whether a hospital may go from one state to another. */
// open: pure
export function mayBecome(from: TenantStatus, to: TenantStatus): boolean {
  return transitions[from].includes(to);
}

/**
 * Closes a hospital's portal until it is activated again; nothing of its data changes. Everybody signed in
 * there is refused from the next request on.
 * @throws AppError conflict (409) where it is not active, invalid (422) for an unusable reason.
 */
export async function suspendTenant(context: OwnerContext, id: string, reason: string): Promise<Tenant> {
  authorize(context.actor, "tenants:suspend");
  requireTenant(context.actor, id);
  const because = checkedReason(reason);
  return context.write((tx) =>
    move(tx, context, id, "suspended", "tenant.suspended", because, { suspendedAt: context.clock.now() }),
  );
}

/** Opens a suspended or archived hospital again, or takes a deletion back while its data is still kept. */
export async function activateTenant(context: OwnerContext, id: string): Promise<Tenant> {
  authorize(context.actor, "tenants:suspend");
  requireTenant(context.actor, id);
  return context.write((tx) =>
    move(tx, context, id, "active", "tenant.activated", null, {
      suspendedAt: null,
      archivedAt: null,
      deletedAt: null,
      purgeAfter: null,
    }),
  );
}

/** Closes a hospital for good and keeps its data, off the daily list. */
export async function archiveTenant(context: OwnerContext, id: string, reason: string): Promise<Tenant> {
  authorize(context.actor, "tenants:suspend");
  requireTenant(context.actor, id);
  const because = checkedReason(reason);
  return context.write((tx) =>
    move(tx, context, id, "archived", "tenant.archived", because, { archivedAt: context.clock.now() }),
  );
}

/**
 * Deletes a hospital: access ends at once, its data is kept for the retention period and then erased.
 * `confirmation` is the hospital's name as it stands, typed by the person who asks.
 * @throws AppError invalid (422) `not-same` where the name does not match; forbidden (403) `auth.step-up-required`.
 */
export async function deleteTenant(
  context: OwnerContext,
  id: string,
  confirmation: string,
  reason: string,
): Promise<Tenant> {
  authorize(context.actor, "tenants:delete");
  requireTenant(context.actor, id);
  await requireStepUp(context, "tenant.delete");
  const because = checkedReason(reason);
  const now = context.clock.now();
  return context.write(async (tx) => {
    const tenant = await lockTenant(tx, id);
    if (confirmation.trim() !== tenant.companyName)
      throw invalidField(
        "confirmation",
        "not-same",
        `Type the hospital's name exactly: ${tenant.companyName}`,
      );
    return move(tx, context, id, "deleting", "tenant.deleted", because, {
      deletedAt: now,
      purgeAfter: new Date(now.getTime() + retentionDays * dayMs),
    });
  });
}

function checkedReason(reason: string): string | null {
  if (reason.trim() === "") return null;
  const problem = textProblem("reason", reason, 1, 500);
  if (problem !== null) throw invalidField(problem.field, problem.code, problem.message);
  return reason.trim();
}

/** The hospital's row, held until the transaction ends. @throws AppError not-found (404). */
// open: a look-up inside rules that have authorized
export async function lockTenant(tx: ControlTx, id: string): Promise<Tenant> {
  const [tenant] = await tx.select().from(tenants).where(eq(tenants.id, id)).for("update");
  if (tenant === undefined || tenant.status === "deleted") throw notFound("hospital");
  return tenant;
}

async function move(
  tx: ControlTx,
  context: OwnerContext,
  id: string,
  to: TenantStatus,
  event: string,
  reason: string | null,
  dates: Partial<Tenant>,
): Promise<Tenant> {
  const tenant = await lockTenant(tx, id);
  if (tenant.status === to) return tenant;
  if (!mayBecome(tenant.status, to) || (tenant.status === "provisioning" && !(await setUpFailed(tx, id))))
    throw new AppError(
      "conflict",
      "tenant.status",
      `A hospital that is ${tenant.status} cannot become ${to}.`,
      {
        details: { status: tenant.status, wanted: to },
      },
    );
  // One that never came to be ready goes back to where it was, to be set up from there.
  const ready = to !== "active" || tenant.readyAt !== null;
  const [moved] = await tx
    .update(tenants)
    .set({
      ...dates,
      status: ready ? to : "provisioning",
      statusReason: reason,
      updatedAt: context.clock.now(),
      version: sql`${tenants.version} + 1`,
    })
    .where(eq(tenants.id, id))
    .returning();
  if (moved === undefined) throw notFound("hospital");
  await auditOwner(tx, context, {
    event,
    entity: "tenant",
    entityId: id,
    tenantId: id,
    ...(reason === null ? {} : { reason }),
    details: { from: tenant.status, to: moved.status },
  });
  return moved;
}

async function setUpFailed(tx: ControlTx, tenantId: string): Promise<boolean> {
  const [run] = await tx
    .select({ status: provisioningRuns.status })
    .from(provisioningRuns)
    .where(eq(provisioningRuns.tenantId, tenantId));
  return run?.status === "failed";
}
