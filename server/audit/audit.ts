import type { ControlTx, HospitalTx } from "../../db/planes.ts";
import { actorKeyOf, type HospitalActor, type OwnerActor } from "../auth/permissions.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { AuditFacts } from "./chain.ts";
import { hospitalAuditKey, ownerAuditKey } from "./keys.ts";
import { addToLane, takeActLane } from "./lanes.ts";
import { type AuditDb, type AuditTables, hospitalAudit, ownerAuditTables } from "./planes.ts";
import { addToPortalTrail } from "./portal-trail.ts";

/** One act on one record. `event` is `<entity>.<past tense>`; `details` name fields, never hold clinical text. */
export interface AuditEntry {
  readonly event: string;
  readonly entity: string;
  readonly entityId: string | null;
  readonly patientId?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

type Asking = Pick<HospitalContext, "client" | "clock"> & { readonly actor: HospitalActor | OwnerActor };

/** What a row says of an entry and of who asks. */
export function factsOfEntry(
  { actor, client, clock }: Asking,
  entry: AuditEntry,
  subjectId: string | null,
  read: boolean,
): AuditFacts {
  return {
    id: Bun.randomUUIDv7(),
    at: clock.now(),
    actorKind: actor.kind,
    actorId: actor.kind === "system" ? null : actorKeyOf(actor),
    actorName: actor.name,
    event: entry.event,
    subjectId,
    entity: entry.entity,
    entityId: entry.entityId,
    reason: entry.reason ?? null,
    requestId: client.requestId,
    address: client.address,
    details: entry.details ?? null,
    read,
  };
}

/** Writes the audit row in the act's own transaction: both stand or neither. */
export async function audit(
  tx: HospitalTx,
  context: Omit<HospitalContext, "db" | "write">,
  entry: AuditEntry,
): Promise<void> {
  await auditEach(tx, context, [entry]);
}

/** The same for many entries of one act, in as few statements as for one. */
export async function auditEach(
  tx: HospitalTx,
  context: Omit<HospitalContext, "db" | "write">,
  entries: readonly AuditEntry[],
): Promise<void> {
  const facts = entries.map((entry) => factsOfEntry(context, entry, entry.patientId ?? null, false));
  if (context.hospital.readOnly?.why === "on-site") await addToPortalTrail(tx, facts);
  else await write(tx, hospitalAudit, hospitalAuditKey(context.hospital), facts);
}

/** The same for an act of the owner plane; `tenantId` where it concerns one hospital. */
export async function auditOwner(
  tx: ControlTx,
  context: Omit<OwnerContext, "db" | "write">,
  entry: Omit<AuditEntry, "patientId"> & { readonly tenantId?: string },
): Promise<void> {
  const key = await ownerAuditKey(tx, context.vault);
  await write(tx, ownerAuditTables, key, [factsOfEntry(context, entry, entry.tenantId ?? null, false)]);
}

async function write(
  tx: AuditDb,
  tables: AuditTables,
  key: Uint8Array,
  facts: readonly AuditFacts[],
): Promise<void> {
  if (facts.length === 0) return;
  const end = await takeActLane(tx, tables, key);
  if ((await addToLane(tx, tables, key, end, facts)) === null)
    throw new Error("A lane of the audit moved while its end was held.");
}
