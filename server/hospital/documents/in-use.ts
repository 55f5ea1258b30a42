import { eq } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { AppError, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requirePatientAccess } from "../privacy/access.ts";

/**
 * Holds a patient's record, so that it is not erased or restricted meanwhile.
 * @throws AppError not-found (404); conflict (409) `patient.deleted`; forbidden (403) `patient.restricted`.
 */
// open: part of rules that have authorized
export async function lockPatientInUse(tx: HospitalTx, context: HospitalContext, id: string): Promise<void> {
  const [patient] = await tx
    .select({
      id: patients.id,
      mrn: patients.mrn,
      restricted: patients.restricted,
      deletedAt: patients.deletedAt,
    })
    .from(patients)
    .where(eq(patients.id, id))
    .for("share");
  if (patient === undefined) throw notFound("patient");
  await requirePatientAccess(tx, context, patient);
  if (patient.deletedAt !== null)
    throw new AppError(
      "conflict",
      "patient.deleted",
      "This record is deleted. Restore it before changing it.",
    );
}
