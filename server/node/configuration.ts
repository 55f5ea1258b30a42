import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import {
  entitlement,
  hospitalSettings,
  limitedResources,
  limits,
} from "../../db/schema/hospital/settings.ts";
import type { Services } from "../tenancy/services.ts";
import { type NodeDocument, readDocument, type SignedDocument } from "./document.ts";
import { documentOf } from "./hospital.ts";
import { poolOfNode } from "./pool.ts";
import { readNodeState, requireJoined } from "./state.ts";

/**
 * Takes what the owner signed: plan, limits, features and the time it holds for, in one transaction. An older
 * document than the one that is here, one of another hospital and one that the owner did not sign are refused.
 * @returns whether it was taken.
 */
// open: the owner's signature is the proof
export async function takeDocument(services: Services, signed: SignedDocument): Promise<boolean> {
  const pool = poolOfNode(services);
  const taken = await pool.transaction(async (tx) => {
    await tx.select({ id: nodeState.id }).from(nodeState).for("update");
    const state = requireJoined(await readNodeState(tx));
    const document = readDocument(signed, state.ownerPublicKey);
    const before = documentOf(state);
    if (document === null || document.tenantId !== state.tenantId) return false;
    if (document.version < state.documentVersion) return false;
    if (before !== null && document.version === before.version && document.issuedAt <= before.issuedAt)
      return false;
    await tx
      .update(nodeState)
      .set({
        ...{ document: signed.text, documentSignature: signed.signature, documentVersion: document.version },
        timeSeen: sql`greatest(${nodeState.timeSeen}, ${new Date(document.issuedAt).toISOString()}::timestamptz)`,
        updatedAt: services.clock.now(),
      })
      .where(eq(nodeState.id, 1));
    await applyDocument(tx, document, before, services.clock.now());
    return true;
  });
  services.resolver.forget();
  return taken;
}

/** Puts a document's words into the rows that rules read. What people changed here since stays, unless the owner changed it too. */
export async function applyDocument(
  tx: HospitalTx,
  document: NodeDocument,
  before: NodeDocument | null,
  now: Date,
): Promise<void> {
  const { plan, subscriptionStatus, version, validUntil } = document;
  const values = {
    ...{ planKey: plan.key, features: plan.features, subscriptionStatus, documentVersion: version },
    ...{ validUntil: new Date(validUntil), updatedAt: now },
  };
  await tx.insert(entitlement).values(values).onConflictDoUpdate({ target: entitlement.id, set: values });
  for (const resource of limitedResources)
    await tx
      .update(limits)
      .set({ allowed: plan.limits[resource] ?? null, updatedAt: now })
      .where(eq(limits.resource, resource));
  const fields = ["name", "timeZone", "currency", "language", "accent"] as const;
  const changed = Object.fromEntries(
    fields
      .filter((field) => before !== null && before.settings[field] !== document.settings[field])
      .map((field) => [field, document.settings[field]]),
  );
  if (Object.keys(changed).length === 0) return;
  await tx
    .update(hospitalSettings)
    .set({ ...changed, updatedAt: now, version: sql`${hospitalSettings.version} + 1` });
}

/** Notes the time, never backwards, and that the owner was heard where it was. */
// open: called by what keeps the link
export async function noteTime(services: Services, heard: boolean): Promise<void> {
  const now = services.clock.now();
  await poolOfNode(services)
    .db.update(nodeState)
    .set({
      timeSeen: sql`greatest(${nodeState.timeSeen}, ${now.toISOString()}::timestamptz)`,
      ...(heard ? { heardAt: now } : {}),
    })
    .where(eq(nodeState.id, 1));
}
