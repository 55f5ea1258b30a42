import { boolean, index, numeric, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, ended, happened, imported } from "../clinical-columns.ts";
import { history, id } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const medicationKinds = ["request", "statement"] as const;
export const medicationStatuses = [
  "active",
  "on-hold",
  "cancelled",
  "completed",
  "entered-in-error",
  "stopped",
  "draft",
  "intended",
  "not-taken",
  "unknown",
] as const;

/** A medicine that was ordered for a patient (`request`) or that they are said to take (`statement`). `at` is the order's, or the start. */
export const medications = pgTable(
  "medications",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    kind: text({ enum: medicationKinds }).notNull(),
    status: text({ enum: medicationStatuses }).notNull(),
    /** For a request: `order`, `plan`, `proposal` … */
    intent: text(),
    ...coded(),
    ...happened(),
    ...ended(),
    /** How to take it, in words. */
    dosageText: text(),
    doseNumber: numeric(),
    doseUnit: text(),
    /** So many times … */
    frequency: numeric(),
    /** … in so many … */
    period: numeric(),
    /** … of these: `h`, `d`, `wk`, `mo` (UCUM). */
    periodUnit: text(),
    asNeeded: boolean(),
    route: text(),
    prescriberName: text(),
    reasonDisplay: text(),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("medications_import").on(table.kind, table.importSource, table.importId),
    index("medications_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
    index("medications_of_encounter").on(table.encounterId),
  ],
);
