import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type Encounter = typeof encounters.$inferSelect;

/**
 * A patient's visits, the latest first, 20 a page unless `limit` (1 to 100) says otherwise.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function listEncounters(
  context: HospitalContext,
  patientId: string,
  query: EntriesQuery = {},
): Promise<PageOf<Encounter>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  return pageOfPatient(context, encounters, patientId, query);
}

/** Adds visits in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addEncounters(
  tx: HospitalTx,
  rows: readonly (typeof encounters.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, encounters, rows);
}
