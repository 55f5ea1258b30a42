import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type Condition = typeof conditions.$inferSelect;

/**
 * A patient's problems and diagnoses, the latest first, 20 a page unless `limit` (1 to 100) says otherwise.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function listConditions(
  context: HospitalContext,
  patientId: string,
  query: EntriesQuery = {},
): Promise<PageOf<Condition>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  return pageOfPatient(context, conditions, patientId, query);
}

/** Adds problems and diagnoses in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addConditions(
  tx: HospitalTx,
  rows: readonly (typeof conditions.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, conditions, rows);
}
