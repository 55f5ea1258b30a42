import type { ControlTx, HospitalTx } from "../../db/planes.ts";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { auditLog } from "../../db/schema/hospital/audit.ts";
import { actorKeyOf } from "../auth/permissions.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";

/** One act on one record. `event` is `<entity>.<past tense>`; `details` name fields, never hold clinical text. */
export interface AuditEntry {
  readonly event: string;
  readonly entity: string;
  readonly entityId: string | null;
  readonly patientId?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes the audit row in the act's own transaction: both stand or neither. */
export async function audit(
  tx: HospitalTx,
  context: Omit<HospitalContext, "db" | "write">,
  entry: AuditEntry,
): Promise<void> {
  const { actor, client, clock } = context;
  await tx.insert(auditLog).values({
    at: clock.now(),
    actorKind: actor.kind,
    actorId: actor.kind === "system" ? null : actorKeyOf(actor),
    actorName: actor.name,
    event: entry.event,
    entity: entry.entity,
    entityId: entry.entityId,
    patientId: entry.patientId ?? null,
    reason: entry.reason ?? null,
    requestId: client.requestId,
    address: client.address,
    details: entry.details ?? null,
  });
}

/** The same for an act of the owner plane; `tenantId` where it concerns one hospital. */
export async function auditOwner(
  tx: ControlTx,
  context: Omit<OwnerContext, "db" | "write">,
  entry: Omit<AuditEntry, "patientId"> & { readonly tenantId?: string },
): Promise<void> {
  const { actor, client, clock } = context;
  await tx.insert(ownerAudit).values({
    at: clock.now(),
    actorKind: actor.kind,
    actorId: actor.kind === "system" ? null : actorKeyOf(actor),
    actorName: actor.name,
    event: entry.event,
    tenantId: entry.tenantId ?? null,
    entity: entry.entity,
    entityId: entry.entityId,
    reason: entry.reason ?? null,
    requestId: client.requestId,
    address: client.address,
    details: entry.details ?? null,
  });
}
