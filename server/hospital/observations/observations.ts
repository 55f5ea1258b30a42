import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { observationComponents, observations } from "../../../db/schema/hospital/observations.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type Observation = typeof observations.$inferSelect;

/**
 * A patient's results and vital signs, the latest first, 20 a page unless `limit` (1 to 100) says otherwise.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function listObservations(
  context: HospitalContext,
  patientId: string,
  query: EntriesQuery = {},
): Promise<PageOf<Observation>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  return pageOfPatient(context, observations, patientId, query);
}

/** Adds results and vital signs in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addObservations(
  tx: HospitalTx,
  rows: readonly (typeof observations.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, observations, rows);
}

/** Adds the parts of observations in bulk. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addObservationComponents(
  tx: HospitalTx,
  rows: readonly (typeof observationComponents.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, observationComponents, rows);
}
