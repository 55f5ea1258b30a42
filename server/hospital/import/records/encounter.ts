import { encounterStatuses, type encounters } from "../../../../db/schema/hospital/encounters.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
import { at, endedAt, type KeyColumns, type ReadEntry, readSubject, readTimes } from "./entry.ts";

export type EncounterValues = Omit<typeof encounters.$inferInsert, KeyColumns>;

/** A FHIR R4 Encounter. Its words are those of its first type, or of its class. */
export function readEncounter(read: Reader, record: Node): ReadEntry<EncounterValues> {
  const { start, end } = readTimes(read, record, null, "period");
  const kind = read.object(record["class"], "class");
  const classCode = read.text(kind?.["code"], "class.code", 50);
  if (classCode === null) read.fault("class.code", "required");
  const [type, typeField] = read.objects(record["type"], "type")[0] ?? [undefined, "type"];
  const what = read.concept(type, typeField);
  const [reasonNode, reasonField] = read.objects(record["reasonCode"], "reasonCode")[0] ?? [
    undefined,
    "reasonCode",
  ];
  const reason = read.concept(reasonNode, reasonField);
  const [because, becauseField] = read.objects(record["reasonReference"], "reasonReference")[0] ?? [
    undefined,
    "",
  ];
  const [participant, participantField] = read.objects(record["participant"], "participant")[0] ?? [
    {},
    "participant",
  ];
  const stay = read.object(record["hospitalization"], "hospitalization") ?? {};
  return {
    patient: readSubject(read, record),
    encounter: null,
    values: {
      status: read.mustBeOneOf(record["status"], "status", encounterStatuses, "unknown"),
      classCode: classCode ?? "",
      codeSystem: what?.codeSystem ?? null,
      code: what?.code ?? null,
      display: what?.display ?? read.text(kind?.["display"], "class.display") ?? classCode ?? "",
      ...at(start),
      ...endedAt(end),
      reasonSystem: reason?.codeSystem ?? null,
      reasonCode: reason?.code ?? null,
      reasonDisplay: reason?.display ?? read.nameOf(because, becauseField),
      dischargeDisplay:
        read.concept(stay["dischargeDisposition"], "hospitalization.dischargeDisposition")?.display ?? null,
      providerName: read.nameOf(participant["individual"], `${participantField}.individual`),
      facilityName: read.nameOf(record["serviceProvider"], "serviceProvider"),
    },
  };
}
