import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, ended, happened, imported } from "../clinical-columns.ts";
import { history, id } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const procedureStatuses = [
  "preparation",
  "in-progress",
  "not-done",
  "on-hold",
  "stopped",
  "completed",
  "entered-in-error",
  "unknown",
] as const;

/** Something done to or for a patient: an operation, a test, a therapy; from `at` to `endedAt`. */
export const procedures = pgTable(
  "procedures",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    status: text({ enum: procedureStatuses }).notNull(),
    category: text(),
    ...coded(),
    ...happened(),
    ...ended(),
    performerName: text(),
    reasonDisplay: text(),
    bodySite: text(),
    outcome: text(),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("procedures_import").on(table.importSource, table.importId),
    index("procedures_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
    index("procedures_of_encounter").on(table.encounterId),
  ],
);
