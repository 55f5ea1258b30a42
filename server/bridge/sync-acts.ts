import { eq } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { invalidField, notFound } from "../errors.ts";
import { sendCommand } from "../owner/nodes/commands.ts";
import { activeNodeOf } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { reseedHospital } from "./sync.ts";

/** Where what was asked for will be done. */
export type AskedOf = "here" | "hospital";

/** A hospital's name. @throws AppError not-found (404). */
async function nameOf(owner: OwnerContext, tenantId: string): Promise<string> {
  const [tenant] = await owner.db
    .select({ name: tenants.companyName })
    .from(tenants)
    .where(eq(tenants.id, tenantId));
  if (tenant === undefined) throw notFound("hospital");
  return tenant.name;
}

/**
 * Says that a hospital's changes are wanted now, and waits for nothing: a hospital on site hears it at once.
 * @throws AppError not-found (404).
 */
export async function notifySync(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<{ readonly askedOf: AskedOf }> {
  authorize(owner.actor, "sync:push");
  requireTenant(owner.actor, tenantId);
  await nameOf(owner, tenantId);
  if ((await activeNodeOf(owner.db, tenantId)) !== null) {
    await sendCommand(owner, tenantId, "push-now", {});
    return { askedOf: "hospital" };
  }
  await services.queue.add("sync.push", { tenantId }, { dedupeKey: tenantId });
  return { askedOf: "here" };
}

/**
 * Ships every table of a hospital to its online copy again, after its name was typed.
 * @throws AppError invalid (422) `confirmation`, not-found (404).
 */
export async function reseedConfirmed(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  confirmation: string,
): Promise<{ readonly askedOf: AskedOf }> {
  authorize(owner.actor, "sync:push");
  requireTenant(owner.actor, tenantId);
  if (confirmation.trim() !== (await nameOf(owner, tenantId)))
    throw invalidField("confirmation", "not-equal", "Type the hospital's name exactly as it stands there.");
  await owner.write((tx) =>
    auditOwner(tx, owner, { event: "tenant.reseed-asked", entity: "tenant", entityId: tenantId, tenantId }),
  );
  if ((await activeNodeOf(owner.db, tenantId)) !== null) {
    await sendCommand(owner, tenantId, "reseed", {});
    return { askedOf: "hospital" };
  }
  await reseedHospital(services, owner, tenantId);
  return { askedOf: "here" };
}
