import { immunizationStatuses, type immunizations } from "../../../../db/schema/hospital/immunizations.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";
import { at, coded, type KeyColumns, type ReadEntry, readEncounterReference, readSubject } from "./entry.ts";

export type ImmunizationValues = Omit<typeof immunizations.$inferInsert, KeyColumns>;

/** A FHIR R4 Immunization. */
export function readImmunization(read: Reader, record: Node): ReadEntry<ImmunizationValues> {
  const given = read.moment(record["occurrenceDateTime"], "occurrenceDateTime");
  const told = read.text(record["occurrenceString"], "occurrenceString");
  const dose = read.quantity(record["doseQuantity"], "doseQuantity");
  const notes = [told, read.notes(record["note"], "note")].filter((note) => note !== null);
  const [protocol, field] = read.objects(record["protocolApplied"], "protocolApplied")[0] ?? [
    {},
    "protocolApplied",
  ];
  return {
    patient: readSubject(read, record, "patient"),
    encounter: readEncounterReference(read, record),
    values: {
      status: read.mustBeOneOf(record["status"], "status", immunizationStatuses, "completed"),
      statusReason: read.concept(record["statusReason"], "statusReason")?.display ?? null,
      ...coded(read.mustBeConcept(record["vaccineCode"], "vaccineCode")),
      ...at(given ?? read.moment(record["recorded"], "recorded")),
      lotNumber: read.text(record["lotNumber"], "lotNumber", 100),
      manufacturer: read.nameOf(record["manufacturer"], "manufacturer"),
      doseNumber: dose?.number ?? null,
      doseUnit: dose?.unit ?? null,
      seriesDose:
        read.text(protocol["doseNumberString"], `${field}.doseNumberString`, 50) ??
        read.decimal(protocol["doseNumberPositiveInt"], `${field}.doseNumberPositiveInt`),
      site: read.concept(record["site"], "site")?.display ?? null,
      route: read.concept(record["route"], "route")?.display ?? null,
      note: notes.length > 0 ? notes.join("\n\n") : null,
    },
  };
}
