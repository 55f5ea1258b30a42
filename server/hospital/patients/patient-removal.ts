import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { invalidField, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimLimit, releaseLimit } from "../../tenancy/limits.ts";
import { requirePatientAccess } from "../privacy/access.ts";
import { patientColumns } from "./patients.columns.ts";
import { type Patient, refuseStale } from "./patients.ts";

async function lockPatient(tx: HospitalTx, context: HospitalContext, id: string): Promise<Patient> {
  if (!isId(id)) throw notFound("patient");
  const [row] = await tx.select(patientColumns).from(patients).where(eq(patients.id, id)).for("update");
  if (row === undefined) throw notFound("patient");
  await requirePatientAccess(tx, context, row);
  return row;
}

const again = { version: sql`${patients.version} + 1` };

/**
 * Takes a patient's record out of use. Nothing of it is lost: it can be restored. Its place in the plan is free again.
 * Deleting what is deleted changes nothing.
 * @throws AppError not-found (404); precondition-failed (412); invalid (422) without a reason; forbidden (403).
 */
export async function deletePatient(
  context: HospitalContext,
  id: string,
  reason: string,
  version?: number,
): Promise<Patient> {
  authorize(context.actor, "patients:delete");
  const why = reason.replace(/\s+/g, " ").trim();
  if (why.length < 3) throw invalidField("reason", "required", "Say why; it is kept with the record.");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const current = await lockPatient(tx, context, id);
    refuseStale(current, version);
    if (current.deletedAt !== null) return current;
    const deletedBy = staffIdOf(context.actor);
    const [row = current] = await tx
      .update(patients)
      .set({ deletedAt: now, deletedBy, deleteReason: why, updatedAt: now, ...again })
      .where(eq(patients.id, id))
      .returning(patientColumns);
    await releaseLimit(tx, "patients");
    await audit(tx, context, {
      event: "patient.deleted",
      entity: "patient",
      entityId: id,
      patientId: id,
      reason: why,
    });
    return row;
  });
}

/**
 * Takes a deleted record into use again; it takes a place in the plan.
 * @throws AppError not-found (404); payment-required (402) `limit.patients`; forbidden (403).
 */
export async function restorePatient(context: HospitalContext, id: string): Promise<Patient> {
  authorize(context.actor, "patients:delete");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const current = await lockPatient(tx, context, id);
    if (current.deletedAt === null) return current;
    await claimLimit(tx, "patients");
    const [row = current] = await tx
      .update(patients)
      .set({ deletedAt: null, deletedBy: null, deleteReason: null, updatedAt: now, ...again })
      .where(eq(patients.id, id))
      .returning(patientColumns);
    await audit(tx, context, { event: "patient.restored", entity: "patient", entityId: id, patientId: id });
    return row;
  });
}
