import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, ended, happened, imported } from "../clinical-columns.ts";
import { history, id, instant } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const conditionStatuses = [
  "active",
  "recurrence",
  "relapse",
  "inactive",
  "remission",
  "resolved",
  "unknown",
] as const;

export const verificationStatuses = [
  "unconfirmed",
  "provisional",
  "differential",
  "confirmed",
  "refuted",
  "entered-in-error",
] as const;

/** A problem or diagnosis. `at` is its onset, or else when it was written down; `endedAt` when it had passed. */
export const conditions = pgTable(
  "conditions",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    clinicalStatus: text({ enum: conditionStatuses }).notNull(),
    verificationStatus: text({ enum: verificationStatuses }),
    /** `problem-list-item` or `encounter-diagnosis`. */
    category: text(),
    severity: text(),
    bodySite: text(),
    ...coded(),
    ...happened(),
    ...ended(),
    recordedAt: instant(),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("conditions_import").on(table.importSource, table.importId),
    index("conditions_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
    index("conditions_of_encounter").on(table.encounterId),
  ],
);
