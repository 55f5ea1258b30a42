import {
  type allergies,
  allergyCriticalities,
  allergyStatuses,
  reactionSeverities,
} from "../../../../db/schema/hospital/allergies.ts";
import { verificationStatuses } from "../../../../db/schema/hospital/conditions.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
import { readStatusConcept } from "./condition.ts";
import {
  at,
  coded,
  type KeyColumns,
  type ReadEntry,
  readEncounterReference,
  readSubject,
  readTimes,
} from "./entry.ts";

export type AllergyValues = Omit<typeof allergies.$inferInsert, KeyColumns>;

const categories = ["food", "medication", "environment", "biologic"] as const;

/** A FHIR R4 AllergyIntolerance. Where only a reaction names the substance, that is what it is called. */
export function readAllergy(read: Reader, record: Node): ReadEntry<AllergyValues> {
  const onset = readTimes(read, record, "onsetDateTime", "onsetPeriod").start;
  const recorded = read.moment(record["recordedDate"], "recordedDate");
  const reactions = read.objects(record["reaction"], "reaction");
  const shown = reactions.flatMap(
    ([node, field]) =>
      read.concepts(node["manifestation"], `${field}.manifestation`) ??
      read.text(node["description"], `${field}.description`, 1_000) ??
      [],
  );
  const severities = reactions.flatMap(
    ([node, field]) => read.oneOf(node["severity"], `${field}.severity`, reactionSeverities) ?? [],
  );
  const [first, firstField] = reactions[0] ?? [{}, "reaction[0]"];
  const substance =
    record["code"] === undefined ? read.concept(first["substance"], `${firstField}.substance`) : null;
  return {
    patient: readSubject(read, record, "patient"),
    encounter: readEncounterReference(read, record),
    values: {
      clinicalStatus:
        readStatusConcept(read, record["clinicalStatus"], "clinicalStatus", allergyStatuses) ?? "unknown",
      verificationStatus: readStatusConcept(
        read,
        record["verificationStatus"],
        "verificationStatus",
        verificationStatuses,
      ),
      kind: read.oneOf(record["type"], "type", ["allergy", "intolerance"]),
      categories: read
        .list(record["category"], "category")
        .flatMap((value, index) => read.oneOf(value, `category[${index}]`, categories) ?? []),
      criticality: read.oneOf(record["criticality"], "criticality", allergyCriticalities),
      ...coded(substance ?? read.mustBeConcept(record["code"], "code")),
      ...at(onset ?? recorded),
      recordedAt: recorded?.at ?? null,
      lastOccurrenceAt: read.moment(record["lastOccurrence"], "lastOccurrence")?.at ?? null,
      reactions: shown.length > 0 ? shown.join("; ") : null,
      reactionSeverity: reactionSeverities.findLast((severity) => severities.includes(severity)) ?? null,
      note: read.notes(record["note"], "note"),
    },
  };
}
