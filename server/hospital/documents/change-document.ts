import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { documents } from "../../../db/schema/hospital/files.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, rowChanged } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { ChangeDocumentInput } from "./documents.input.ts";
import { type Document, readDocument } from "./documents.ts";
import { lockPatientInUse } from "./in-use.ts";

type Kept = Partial<Pick<typeof documents.$inferInsert, "kind" | "title" | "deletedAt" | "deletedByName">>;

/** Holds a document and the record that it is in. */
async function lockDocument(
  tx: HospitalTx,
  context: HospitalContext,
  id: string,
  version: number | undefined,
): Promise<Document> {
  // The patient first, as the erasing of a record does.
  await lockPatientInUse(tx, context, (await readDocument(tx, id)).patientId);
  await tx.select({ id: documents.id }).from(documents).where(eq(documents.id, id)).for("update");
  const current = await readDocument(tx, id);
  if (version !== undefined && version !== current.version) throw rowChanged();
  return current;
}

async function keep(
  tx: HospitalTx,
  context: HospitalContext,
  { id, patientId }: Document,
  values: Kept,
  event: string,
  fields: readonly string[] = [],
): Promise<Document> {
  await tx
    .update(documents)
    .set({ ...values, updatedAt: context.clock.now(), version: sql`${documents.version} + 1` })
    .where(eq(documents.id, id));
  await audit(tx, context, {
    ...{ event, entity: "document", entityId: id, patientId },
    ...(fields.length === 0 ? {} : { details: { fields } }),
  });
  return readDocument(tx, id);
}

/**
 * Changes what a document is called and what kind it is. `version` is the row's as the person saw it.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `document.deleted`, `patient.deleted`;
 *   forbidden (403).
 */
export async function changeDocument(
  context: HospitalContext,
  id: string,
  { kind, title }: ChangeDocumentInput,
  version?: number,
): Promise<Document> {
  authorize(context.actor, "documents:write");
  return context.write(async (tx) => {
    const current = await lockDocument(tx, context, id, version);
    if (current.deletedAt !== null)
      throw new AppError("conflict", "document.deleted", "This document is deleted. Bring it back first.");
    const wanted = { kind: kind ?? current.kind, title: title?.trim() ?? current.title };
    const fields = (["kind", "title"] as const).filter((field) => wanted[field] !== current[field]);
    if (fields.length === 0) return current;
    return keep(tx, context, current, wanted, "document.changed", fields);
  });
}

/** Takes a document out of use; it can be brought back. @throws AppError not-found (404); precondition-failed (412); forbidden (403). */
export async function deleteDocument(
  context: HospitalContext,
  id: string,
  version?: number,
): Promise<Document> {
  authorize(context.actor, "documents:write");
  return context.write(async (tx) => {
    const current = await lockDocument(tx, context, id, version);
    if (current.deletedAt !== null) return current;
    const gone = { deletedAt: context.clock.now(), deletedByName: context.actor.name };
    return keep(tx, context, current, gone, "document.deleted");
  });
}

/** Brings a deleted document back. @throws AppError not-found (404); conflict (409) `patient.deleted`; forbidden (403). */
export async function restoreDocument(context: HospitalContext, id: string): Promise<Document> {
  authorize(context.actor, "documents:write");
  return context.write(async (tx) => {
    const current = await lockDocument(tx, context, id, undefined);
    if (current.deletedAt === null) return current;
    return keep(tx, context, current, { deletedAt: null, deletedByName: null }, "document.restored");
  });
}
