import {
  type observationComponents,
  observationStatuses,
  type observations,
} from "../../../../db/schema/hospital/observations.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
import {
  at,
  coded,
  firstMoment,
  type KeyColumns,
  type ReadEntry,
  readEncounterReference,
  readSubject,
  readTimes,
} from "./entry.ts";
import { readMeasured, readReference } from "./measured.ts";

export type ObservationValues = Omit<typeof observations.$inferInsert, KeyColumns>;
export type ComponentValues = Omit<typeof observationComponents.$inferInsert, "observationId" | KeyColumns>;

export interface ReadObservation extends ReadEntry<ObservationValues> {
  readonly components: readonly ComponentValues[];
}

/** A FHIR R4 Observation with its components. Without an effective time it is listed by when it was issued. */
export function readObservation(read: Reader, record: Node): ReadObservation {
  const effective = readTimes(read, record, "effectiveDateTime", "effectivePeriod").start;
  const instant = firstMoment(read, record, ["effectiveInstant"]);
  const issued = read.moment(record["issued"], "issued");
  const category = read.objects(record["category"], "category")[0];
  const kind = category === undefined ? null : read.concept(...category);
  return {
    patient: readSubject(read, record),
    encounter: readEncounterReference(read, record),
    values: {
      status: read.mustBeOneOf(record["status"], "status", observationStatuses, "unknown"),
      category: kind?.code ?? kind?.display ?? null,
      ...coded(read.mustBeConcept(record["code"], "code")),
      ...at(effective ?? instant ?? issued),
      issuedAt: issued?.at ?? null,
      ...readMeasured(read, record),
      ...readReference(read, record),
      note: read.notes(record["note"], "note"),
    },
    components: read.objects(record["component"], "component").map(([part, field], position) => ({
      position,
      ...coded(read.mustBeConcept(part["code"], `${field}.code`)),
      ...readMeasured(read, part, `${field}.`),
      ...readReference(read, part, `${field}.`),
    })),
  };
}
