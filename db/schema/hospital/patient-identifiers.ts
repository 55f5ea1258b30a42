import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id } from "../columns.ts";
import { patients } from "./patients.ts";

/** A number that others know a patient by: another hospital's record number, a licence, a passport. Ours is `patients.mrn`. */
export const patientIdentifiers = pgTable(
  "patient_identifiers",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    /** Who gave the number: a URI; empty where it is not known. */
    system: text().notNull().default(""),
    value: text().notNull(),
    /** HL7 v2 table 0203: `MR` record number, `SS` social security, `DL` driver's licence, `PPN` passport, `NI` national … */
    type: text(),
    /** The type in words. */
    display: text(),
    ...history(),
  },
  (table) => [
    uniqueIndex("patient_identifiers_once").on(table.patientId, table.system, table.value),
    index("patient_identifiers_by_value").on(table.value),
  ],
);
