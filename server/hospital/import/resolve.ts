import { getTableName, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { type KeptType, keptTypes, keyText, type RecordKey, tableOfType } from "./kept-types.ts";
import type { FilePlan, Planned, RecordError } from "./plan.ts";
import type { PatientValues } from "./records/patient.ts";
import { keyOfReference } from "./references.ts";

/** A record that is not there yet, with the keys it will have. */
export interface NewRecord {
  readonly planned: Planned;
  readonly id: string;
  readonly patientId: string;
  readonly encounterId: string | null;
}

/** What is to be done with a file, now that it is known what the hospital has. */
export interface Resolved {
  readonly added: readonly NewRecord[];
  readonly existing: readonly Planned[];
  readonly errors: readonly RecordError[];
}

/** Keys that earlier files of the same preview would have added. */
export type Assumed = Map<string, string>;

interface KnownPatient {
  readonly lastName: string | null;
  readonly bornOn: string | null;
}

interface Known {
  readonly ids: ReadonlyMap<string, string>;
  readonly patients: ReadonlyMap<string, KnownPatient>;
  /** The patient of each visit that is there. */
  readonly patientOf: ReadonlyMap<string, string>;
}

/** Finds what is there already and what each reference means. */
// open: called by the preview and the import, which have authorized
export async function resolvePlan(
  db: HospitalDb,
  plan: FilePlan,
  assumed: Assumed = new Map(),
): Promise<Resolved> {
  const known = await findKnown(db, plan);
  const idOf = (type: KeptType, key: RecordKey) =>
    known.ids.get(keyText(type, key)) ?? assumed.get(keyText(type, key));
  const added: NewRecord[] = [];
  const existing: Planned[] = [];
  const errors: RecordError[] = [];
  const refused = new Set<Planned>();
  const ids = new Map<Planned, string>();
  const patientOf = new Map(known.patientOf);
  const refuse = (planned: Planned, field: string, code: string, message: string) => {
    refused.add(planned);
    const { entry, type, key } = planned;
    errors.push({ entry, resourceType: type, resourceId: key.importId, field, code, message });
  };

  /** The id behind a reference, or null once it is refused. */
  const target = (
    planned: Planned,
    reference: string,
    type: "Patient" | "Encounter",
    field: string,
  ): string | null => {
    const here = plan.find(reference);
    if (here !== null && here.type === type && !refused.has(here)) return ids.get(here) ?? null;
    if (here?.type === type || (here === null && plan.has(reference)))
      refuse(planned, field, "depends-on-refused", `The ${type} that this belongs to was refused.`);
    else {
      const key = here === null ? keyOfReference(reference, type, planned.key.source) : null;
      const found = key === null ? undefined : idOf(type, key);
      if (found !== undefined) return found;
      refuse(
        planned,
        field,
        "reference-to-nowhere",
        `There is no such ${type}, in this file or in the hospital.`,
      );
    }
    return null;
  };

  for (const type of keptTypes)
    for (const planned of plan.records) {
      if (planned.type !== type) continue;
      const there = idOf(type, planned.key);
      const id = there ?? Bun.randomUUIDv7();
      ids.set(planned, id);
      const namesake = known.patients.get(there ?? "");
      if (
        planned.type === "Patient" &&
        namesake !== undefined &&
        isSomebodyElse(namesake, planned.read.values)
      )
        refuse(
          planned,
          "id",
          "identity-clash",
          "This id belongs to another patient here. Name the system that the file comes from.",
        );
      else if (there !== undefined) existing.push(planned);
      else if (planned.type === "Patient") added.push({ planned, id, patientId: id, encounterId: null });
      else {
        const { patient, encounter } = planned.read;
        const patientId = patient === null ? null : target(planned, patient, "Patient", "subject");
        if (patientId === null) continue;
        const encounterId = encounter === null ? null : target(planned, encounter, "Encounter", "encounter");
        if (encounter !== null && encounterId === null) continue;
        if (encounterId !== null && (patientOf.get(encounterId) ?? patientId) !== patientId) {
          refuse(planned, "encounter", "other-patient", "The visit that this names is another patient's.");
          continue;
        }
        if (type === "Encounter") patientOf.set(id, patientId);
        added.push({ planned, id, patientId, encounterId });
      }
    }
  return { added, existing, errors };
}

/** Two names and two birth dates that both differ are two people, however much their ids agree. */
function isSomebodyElse(known: KnownPatient, given: PatientValues): boolean {
  const differ = (left: string | null | undefined, right: string | null | undefined) =>
    left != null && right != null && left.toLowerCase() !== right.toLowerCase();
  return differ(known.lastName, given.lastName) && differ(known.bornOn, given.bornOn);
}

/** Which of the file's records, and of those it refers to, the hospital has: one short query a type. */
async function findKnown(db: HospitalDb, plan: FilePlan): Promise<Known> {
  const wanted = new Map<KeptType, Map<string, RecordKey>>(keptTypes.map((type) => [type, new Map()]));
  const want = (type: KeptType, key: RecordKey | null) => {
    if (key !== null) wanted.get(type)?.set(keyText(type, key), key);
  };
  for (const planned of plan.records) {
    want(planned.type, planned.key);
    if (planned.type === "Patient") continue;
    const { patient, encounter } = planned.read;
    if (patient !== null && plan.find(patient) === null)
      want("Patient", keyOfReference(patient, "Patient", planned.key.source));
    if (encounter !== null && plan.find(encounter) === null)
      want("Encounter", keyOfReference(encounter, "Encounter", planned.key.source));
  }
  const ids = new Map<string, string>();
  const patients = new Map<string, KnownPatient>();
  const patientOf = new Map<string, string>();
  for (const [type, keys] of wanted) {
    if (keys.size === 0) continue;
    for (const row of await findRows(db, type, [...keys.values()])) {
      ids.set(keyText(type, { source: row.source, importId: row.import_id }), row.id);
      if (type === "Patient")
        patients.set(row.id, { lastName: row.last_name ?? null, bornOn: row.born_on ?? null });
      if (row.patient_id !== undefined) patientOf.set(row.id, row.patient_id);
    }
  }
  return { ids, patients, patientOf };
}

interface FoundRow extends Record<string, unknown> {
  readonly id: string;
  readonly source: string;
  readonly import_id: string;
  readonly last_name?: string | null;
  readonly born_on?: string | null;
  readonly patient_id?: string;
}

async function findRows(
  db: HospitalDb,
  type: KeptType,
  keys: readonly RecordKey[],
): Promise<readonly FoundRow[]> {
  const name = sql.identifier(getTableName(tableOfType[type]));
  const person = type === "Patient" ? sql`, t.last_name, t.born_on::text as born_on` : sql`, t.patient_id`;
  const kind = type === "MedicationRequest" ? "request" : type === "MedicationStatement" ? "statement" : null;
  const which = tableOfType[type] === medications ? sql` and t.kind = ${kind}` : sql``;
  const rows = await db.execute<FoundRow>(
    sql`select t.id, t.import_source as source, t.import_id${person}
      from jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb) as k (source text, "importId" text)
      join ${name} t on t.import_source = k.source and t.import_id = k."importId"${which}`,
  );
  return Array.from(rows as Iterable<FoundRow>);
}
