import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type Immunization = typeof immunizations.$inferSelect;

/**
 * A patient's vaccinations, the latest first, 20 a page unless `limit` (1 to 100) says otherwise.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function listImmunizations(
  context: HospitalContext,
  patientId: string,
  query: EntriesQuery = {},
): Promise<PageOf<Immunization>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  return pageOfPatient(context, immunizations, patientId, query);
}

/** Adds vaccinations in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addImmunizations(
  tx: HospitalTx,
  rows: readonly (typeof immunizations.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, immunizations, rows);
}
