import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { patientIdentifiers } from "../../../db/schema/hospital/patient-identifiers.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { auditEach } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimLimit } from "../../tenancy/limits.ts";
import { mintMrns } from "./mrn.ts";

export interface ImportedPatient {
  readonly id: string;
  readonly values: Omit<
    typeof patients.$inferInsert,
    "id" | "mrn" | "createdBy" | "importSource" | "importId"
  >;
  readonly importSource: string;
  readonly importId: string;
  readonly identifiers: readonly Pick<
    typeof patientIdentifiers.$inferInsert,
    "system" | "value" | "type" | "display"
  >[];
}

/** The import that brings a record, and the user who started it. */
export interface Brought {
  readonly importRunId: string;
  readonly by: string | null;
}

/**
 * Adds patients of another system, each with a record number of ours, the numbers they had there, and a row in the
 * audit. Claims the plan's places for all of them first, so that two imports at once cannot go beyond it.
 * @returns the ids of those added; one that another import brought meanwhile is left out.
 * @throws AppError forbidden (403), payment-required (402) `limit.patients`.
 */
export async function addImportedPatients(
  tx: HospitalTx,
  context: HospitalContext,
  given: readonly ImportedPatient[],
  brought: Brought,
): Promise<readonly string[]> {
  authorize(context.actor, "patients:import");
  if (given.length === 0) return [];
  await claimLimit(tx, "patients", given.length);
  const mrns = await mintMrns(tx, given.length);
  const rows = given.map(({ id, values, importSource, importId }, index) => {
    const mrn = mrns[index];
    if (mrn === undefined) throw new Error("Fewer record numbers were drawn than asked for.");
    return { id, mrn, ...values, importSource, importId, createdBy: brought.by };
  });
  const added = await insertMany(tx, patients, rows);
  const numbers = given.flatMap(({ id, identifiers }) =>
    identifiers.map((identifier) => ({ id: Bun.randomUUIDv7(), patientId: id, ...identifier })),
  );
  if (added.length === given.length) await insertMany(tx, patientIdentifiers, numbers);
  const details = { importRunId: brought.importRunId };
  await auditEach(
    tx,
    context,
    added.map((id) => ({
      event: "patient.imported",
      ...{ entity: "patient", entityId: id, patientId: id, details },
    })),
  );
  return added;
}
