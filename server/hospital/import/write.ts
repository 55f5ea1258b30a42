import type { HospitalTx } from "../../../db/planes.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { addAllergies } from "../allergies/allergies.ts";
import { addConditions } from "../conditions/conditions.ts";
import { addEncounters } from "../encounters/encounters.ts";
import { addImmunizations } from "../immunizations/immunizations.ts";
import { addMedications } from "../medications/medications.ts";
import { addObservationComponents, addObservations } from "../observations/observations.ts";
import { addImportedPatients, type Brought } from "../patients/import-patients.ts";
import { addProcedures } from "../procedures/procedures.ts";
import type { KeptType, RecordKey } from "./kept-types.ts";
import type { ReadOf } from "./plan.ts";
import type { NewRecord } from "./resolve.ts";

/** Another import brought some of the same records at the same moment; tried again, they are found to be there. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/**
 * Writes the new records of one file, those that others refer to first: a dozen statements, however many rows.
 * @throws Overtaken; AppError payment-required (402) `limit.patients` where the plan has no room for the patients.
 */
// open: called by importFile, which has authorized
export async function writeRecords(
  tx: HospitalTx,
  context: HospitalContext,
  added: readonly NewRecord[],
  brought: Brought,
): Promise<void> {
  const of = <Type extends KeptType>(type: Type) =>
    added.flatMap(({ planned, ...rest }) =>
      planned.type === type ? [{ ...rest, key: planned.key, read: planned.read as ReadOf[Type] }] : [],
    );
  const keys = ({
    id,
    key,
    patientId,
  }: Pick<NewRecord, "id" | "patientId"> & { readonly key: RecordKey }) => ({
    id,
    patientId,
    importSource: key.source,
    importId: key.importId,
    importRunId: brought.importRunId,
  });
  const all = (written: readonly string[], rows: readonly unknown[]) => {
    if (written.length !== rows.length)
      throw new Overtaken("Some records were there before they were written.");
  };
  /** The rows of a kind: its keys, the visit, and the values that were read. */
  const rowsOf = <Type extends Exclude<KeptType, "Patient" | "Encounter">>(type: Type) =>
    of(type).map((record) => ({
      ...keys(record),
      encounterId: record.encounterId,
      ...(record.read.values as ReadOf[Type]["values"]),
    }));

  const people = of("Patient").map(({ id, key, read }) => ({
    id,
    importSource: key.source,
    importId: key.importId,
    ...read,
  }));
  all(await addImportedPatients(tx, context, people, brought), people);
  const visits = of("Encounter").map((record) => ({ ...keys(record), ...record.read.values }));
  all(await addEncounters(tx, visits), visits);
  const problems = rowsOf("Condition");
  all(await addConditions(tx, problems), problems);
  const results = rowsOf("Observation");
  all(await addObservations(tx, results), results);
  const parts = of("Observation").flatMap(({ id, read }) =>
    read.components.map((part) => ({ id: Bun.randomUUIDv7(), observationId: id, ...part })),
  );
  await addObservationComponents(tx, parts);
  const allergies = rowsOf("AllergyIntolerance");
  all(await addAllergies(tx, allergies), allergies);
  const medicines = [...rowsOf("MedicationRequest"), ...rowsOf("MedicationStatement")];
  all(await addMedications(tx, medicines), medicines);
  const vaccines = rowsOf("Immunization");
  all(await addImmunizations(tx, vaccines), vaccines);
  const procedures = rowsOf("Procedure");
  all(await addProcedures(tx, procedures), procedures);
}
