import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, ended, happened, imported } from "../clinical-columns.ts";
import { history, id } from "../columns.ts";
import { patients } from "./patients.ts";

export const encounterStatuses = [
  "planned",
  "arrived",
  "triaged",
  "in-progress",
  "onleave",
  "finished",
  "cancelled",
  "entered-in-error",
  "unknown",
] as const;

/** A visit: a patient and the hospital, from arrival (`at`) to leaving (`endedAt`). `display` is its type in words. */
export const encounters = pgTable(
  "encounters",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    status: text({ enum: encounterStatuses }).notNull(),
    /** HL7 v3 ActCode: `AMB` outpatient, `IMP` inpatient, `EMER` emergency, `HH` at home, `VR` by telephone or video … */
    classCode: text().notNull(),
    ...coded(),
    ...happened(),
    ...ended(),
    reasonSystem: text(),
    reasonCode: text(),
    reasonDisplay: text(),
    /** How the patient left. */
    dischargeDisplay: text(),
    providerName: text(),
    facilityName: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("encounters_import").on(table.importSource, table.importId),
    index("encounters_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
  ],
);
