import {
  conditionStatuses,
  type conditions,
  verificationStatuses,
} from "../../../../db/schema/hospital/conditions.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
import {
  at,
  coded,
  endedAt,
  firstMoment,
  type KeyColumns,
  type ReadEntry,
  readEncounterReference,
  readSubject,
  readTimes,
} from "./entry.ts";

export type ConditionValues = Omit<typeof conditions.$inferInsert, KeyColumns>;

/** A status that FHIR writes as a CodeableConcept: its code, which must be one of the list. */
export function readStatusConcept<const T extends string>(
  read: Reader,
  value: unknown,
  field: string,
  allowed: readonly T[],
): T | null {
  const concept = read.concept(value, field);
  return concept === null ? null : read.oneOf(concept.code ?? concept.display, field, allowed);
}

/** A FHIR R4 Condition. Without an onset it is listed by when it was recorded. */
export function readCondition(read: Reader, record: Node): ReadEntry<ConditionValues> {
  const onset = readTimes(read, record, "onsetDateTime", "onsetPeriod");
  const abated = readTimes(read, record, "abatementDateTime", "abatementPeriod").start;
  const recorded = read.moment(record["recordedDate"], "recordedDate");
  if (onset.start !== null && abated?.precision === "instant" && abated.at < onset.start.at)
    read.fault("abatementDateTime", "ends-before-start");
  const category = read.objects(record["category"], "category")[0];
  return {
    patient: readSubject(read, record),
    encounter: readEncounterReference(read, record),
    values: {
      clinicalStatus:
        readStatusConcept(read, record["clinicalStatus"], "clinicalStatus", conditionStatuses) ??
        (abated === null ? "unknown" : "resolved"),
      verificationStatus: readStatusConcept(
        read,
        record["verificationStatus"],
        "verificationStatus",
        verificationStatuses,
      ),
      category: category === undefined ? null : (read.concept(...category)?.code ?? null),
      severity: read.concept(record["severity"], "severity")?.display ?? null,
      bodySite: read.concepts(record["bodySite"], "bodySite"),
      ...coded(read.mustBeConcept(record["code"], "code")),
      ...at(onset.start ?? recorded ?? firstMoment(read, record, ["assertedDate"])),
      ...endedAt(abated),
      recordedAt: recorded?.at ?? null,
      note: read.notes(record["note"], "note"),
    },
  };
}
