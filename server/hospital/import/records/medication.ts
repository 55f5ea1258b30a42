import { medicationStatuses, type medications } from "../../../../db/schema/hospital/medications.ts";
import { isNode, type Node } from "../read-bundle.ts";
import type { Coded, Reader } from "../reader.ts";
import { readDosage } from "./dosage.ts";
import {
  at,
  coded,
  endedAt,
  type KeyColumns,
  type ReadEntry,
  readEncounterReference,
  readSubject,
  readTimes,
} from "./entry.ts";

export type MedicationValues = Omit<typeof medications.$inferInsert, KeyColumns>;

/** A FHIR R4 MedicationRequest: a medicine that was ordered. */
export function readMedicationRequest(read: Reader, record: Node): ReadEntry<MedicationValues> {
  const authored = read.moment(record["authoredOn"], "authoredOn");
  return {
    patient: readSubject(read, record),
    encounter: readEncounterReference(read, record),
    values: {
      kind: "request",
      status: read.mustBeOneOf(record["status"], "status", medicationStatuses, "unknown"),
      intent: read.text(record["intent"], "intent", 50),
      ...coded(readMedicine(read, record)),
      ...at(authored),
      ...endedAt(null),
      ...readDosage(read, record["dosageInstruction"], "dosageInstruction"),
      prescriberName: read.nameOf(record["requester"], "requester"),
      reasonDisplay: readReason(read, record),
      note: read.notes(record["note"], "note"),
    },
  };
}

/** A FHIR R4 MedicationStatement: a medicine that a patient is said to take, or to have taken. */
export function readMedicationStatement(read: Reader, record: Node): ReadEntry<MedicationValues> {
  const { start, end } = readTimes(read, record, "effectiveDateTime", "effectivePeriod");
  const asserted = read.moment(record["dateAsserted"], "dateAsserted");
  return {
    patient: readSubject(read, record),
    encounter: readEncounterReference(read, record, "context"),
    values: {
      kind: "statement",
      status: read.mustBeOneOf(record["status"], "status", medicationStatuses, "unknown"),
      intent: null,
      ...coded(readMedicine(read, record)),
      ...at(start ?? asserted),
      ...endedAt(end),
      ...readDosage(read, record["dosage"], "dosage"),
      prescriberName: null,
      reasonDisplay: readReason(read, record),
      note: read.notes(record["note"], "note"),
    },
  };
}

function readReason(read: Reader, record: Node): string | null {
  const [reason, field] = read.objects(record["reasonReference"], "reasonReference")[0] ?? [undefined, ""];
  return read.concepts(record["reasonCode"], "reasonCode") ?? read.nameOf(reason, field);
}

/** The medicine: coded in place, or a Medication that the record holds or refers to. */
function readMedicine(read: Reader, record: Node): Coded {
  if (record["medicationReference"] === undefined)
    return read.mustBeConcept(record["medicationCodeableConcept"], "medicationCodeableConcept");
  const field = "medicationReference";
  const target = read.reference(record[field], field);
  const found = target === null ? null : (contained(record, target) ?? read.around.find(target));
  if (found?.["resourceType"] === "Medication") return read.mustBeConcept(found["code"], `${field} → code`);
  const display = read.nameOf(record[field], field);
  if (display === null)
    read.fault(field, "reference-to-nowhere", "The medicine that this refers to is not in the file.");
  return { codeSystem: null, code: null, display: display ?? "" };
}

function contained(record: Node, reference: string): Node | null {
  if (!reference.startsWith("#") || !Array.isArray(record["contained"])) return null;
  return record["contained"].filter(isNode).find((node) => node["id"] === reference.slice(1)) ?? null;
}
