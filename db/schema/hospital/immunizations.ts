import { index, numeric, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, happened, imported } from "../clinical-columns.ts";
import { history, id } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const immunizationStatuses = ["completed", "entered-in-error", "not-done"] as const;

/** A vaccine given, or one that was not given and why. */
export const immunizations = pgTable(
  "immunizations",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    status: text({ enum: immunizationStatuses }).notNull(),
    statusReason: text(),
    ...coded(),
    ...happened(),
    lotNumber: text(),
    manufacturer: text(),
    doseNumber: numeric(),
    doseUnit: text(),
    /** Which dose of its series: `1`, `2`, `booster`. */
    seriesDose: text(),
    site: text(),
    route: text(),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("immunizations_import").on(table.importSource, table.importId),
    index("immunizations_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
    index("immunizations_of_encounter").on(table.encounterId),
  ],
);
