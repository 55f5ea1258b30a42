import { eq } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { issueSupportLink } from "../auth/support-actor.ts";
import { AppError } from "../errors.ts";
import {
  endGrant,
  listSupportGrants,
  receiveSupportRequest,
  type SupportGrant,
} from "../hospital/support/support.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import {
  addRequest,
  askingOperator,
  getOwnRequest,
  listSupportRequests,
  noteHeard,
  type SupportRequest,
} from "../owner/support/requests.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospital } from "../tenancy/system-hospital.ts";
import type { AskInput } from "./support.input.ts";
import { systemOwner } from "./system-context.ts";
import { placesOf } from "./tenant-places.ts";

/** The hospital as an operator reaches it from outside: only to ask, and to hear what it said. */
async function askedHospital(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<HospitalContext> {
  const { hospital } = await placesOf(services, tenantId);
  if (hospital.status !== "active")
    throw new AppError("conflict", "tenant.status", "This hospital is not open.");
  return { ...systemHospital(services, hospital, `support: ${owner.actor.name}`), client: owner.client };
}

/**
 * Asks a hospital to let an operator in. It is on record on both sides or on neither; the hospital decides.
 * @throws AppError forbidden (403); not-found (404); conflict (409) `support.pending` where the operator has asked
 *   already; unavailable (503) where the hospital's database is away.
 */
export async function askSupport(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  { reason, minutes }: AskInput,
): Promise<SupportRequest> {
  authorize(owner.actor, "support:ask");
  requireTenant(owner.actor, tenantId);
  const operator = askingOperator(owner);
  const context = await askedHospital(services, owner, tenantId);
  const id = Bun.randomUUIDv7();
  await owner.write(async (tx) => {
    // Two windows of one operator ask one after the other.
    await tx.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenantId)).for("update");
    const before = await listSupportRequests({ ...owner, db: tx }, tenantId);
    const open = before.some(
      ({ operatorId, status }) =>
        operatorId === operator.operatorId && (status === "waiting" || status === "accepted"),
    );
    if (open)
      throw new AppError(
        "conflict",
        "support.pending",
        "You have asked already; that request is still open.",
      );
    await addRequest(tx, owner, { id, tenantId, reason, minutes });
    // Last: where the hospital can't be reached, nothing is on record here either.
    await receiveSupportRequest(context, {
      ...{ id, reason, minutes, operatorId: operator.operatorId },
      ...{ operatorName: operator.name, operatorEmail: operator.email },
    });
  });
  return getOwnRequest(owner, tenantId, id);
}

/** What the hospital says now, put beside what was asked. @throws AppError unavailable (503) where it does not answer. */
export async function hearSupport(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<readonly SupportRequest[]> {
  authorize(owner.actor, "support:ask");
  requireTenant(owner.actor, tenantId);
  const context = await askedHospital(services, owner, tenantId);
  await takeNote(services, tenantId, await listSupportGrants(context));
  return listSupportRequests(owner, tenantId);
}

async function takeNote(
  services: Services,
  tenantId: string,
  grants: readonly SupportGrant[],
): Promise<void> {
  await noteHeard(
    systemOwner(services, "hospital"),
    tenantId,
    grants.map(({ id, status, decidedAt, decidedByName, note, expiresAt, endedAt, endedByName }) => ({
      ...{ id, status, decidedAt, decidedByName, note, expiresAt, endedAt, endedByName },
    })),
  );
}

/** Tells the owner plane what the hospital has just decided; where it is away, it hears when it next looks. */
// open: called after the hospital's own rule; it tells and changes nothing there
export async function tellOwnerOfSupport(services: Services, tenantId: string): Promise<void> {
  try {
    const hospital = await services.resolver.hospitalById(tenantId);
    if (hospital === null) return;
    await takeNote(
      services,
      tenantId,
      await listSupportGrants(systemHospital(services, hospital, "support")),
    );
  } catch (error) {
    services.log.warn({ err: error, tenantId }, "the owner could not be told of a support decision yet");
  }
}

/**
 * Makes the one-time secret by which an operator who was let in comes in. Put on record on both sides.
 * @throws AppError not-found (404) for another's request; conflict (409); unavailable (503).
 */
export async function makeSupportLink(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  id: string,
): Promise<string> {
  authorize(owner.actor, "support:ask");
  requireTenant(owner.actor, tenantId);
  const request = await getOwnRequest(owner, tenantId, id);
  const context = await askedHospital(services, owner, tenantId);
  const secret = await issueSupportLink(context, request.id, request.operatorId);
  await owner.write((tx) =>
    auditOwner(tx, owner, {
      ...{ event: "support.link-made", entity: "support-request", entityId: request.id, tenantId },
    }),
  );
  return secret;
}

/** An operator takes their own request back, or leaves for good. @throws AppError as `makeSupportLink`. */
export async function giveUpSupport(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  id: string,
): Promise<readonly SupportRequest[]> {
  authorize(owner.actor, "support:ask");
  requireTenant(owner.actor, tenantId);
  const request = await getOwnRequest(owner, tenantId, id);
  await endGrant(await askedHospital(services, owner, tenantId), request.id);
  return hearSupport(services, owner, tenantId);
}
