import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type Allergy = typeof allergies.$inferSelect;

/**
 * A patient's allergies, the latest first, 20 a page unless `limit` (1 to 100) says otherwise.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function listAllergies(
  context: HospitalContext,
  patientId: string,
  query: EntriesQuery = {},
): Promise<PageOf<Allergy>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  return pageOfPatient(context, allergies, patientId, query);
}

/** Adds allergies in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addAllergies(
  tx: HospitalTx,
  rows: readonly (typeof allergies.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, allergies, rows);
}
