import { procedureStatuses, type procedures } from "../../../../db/schema/hospital/procedures.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
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

export type ProcedureValues = Omit<typeof procedures.$inferInsert, KeyColumns>;

/** A FHIR R4 Procedure. */
export function readProcedure(read: Reader, record: Node): ReadEntry<ProcedureValues> {
  const { start, end } = readTimes(read, record, "performedDateTime", "performedPeriod");
  const [performer, performerField] = read.objects(record["performer"], "performer")[0] ?? [{}, "performer"];
  const [reason, reasonField] = read.objects(record["reasonReference"], "reasonReference")[0] ?? [
    undefined,
    "",
  ];
  return {
    patient: readSubject(read, record),
    encounter: readEncounterReference(read, record),
    values: {
      status: read.mustBeOneOf(record["status"], "status", procedureStatuses, "unknown"),
      category: read.concept(record["category"], "category")?.display ?? null,
      ...coded(read.mustBeConcept(record["code"], "code")),
      ...at(start),
      ...endedAt(end),
      performerName: read.nameOf(performer["actor"], `${performerField}.actor`),
      reasonDisplay: read.concepts(record["reasonCode"], "reasonCode") ?? read.nameOf(reason, reasonField),
      bodySite: read.concepts(record["bodySite"], "bodySite"),
      outcome: read.concept(record["outcome"], "outcome")?.display ?? null,
      note: read.notes(record["note"], "note"),
    },
  };
}
