import { index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, happened, imported } from "../clinical-columns.ts";
import { history, id, instant } from "../columns.ts";
import { verificationStatuses } from "./conditions.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const allergyStatuses = ["active", "inactive", "resolved", "unknown"] as const;
export const allergyCriticalities = ["low", "high", "unable-to-assess"] as const;
export const reactionSeverities = ["mild", "moderate", "severe"] as const;

/**
 * What a patient reacts to; "no known allergy" is an entry too, and no entry at all means that nobody asked.
 * `at` is the onset, or else when it was written down.
 */
export const allergies = pgTable(
  "allergies",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    clinicalStatus: text({ enum: allergyStatuses }).notNull(),
    verificationStatus: text({ enum: verificationStatuses }),
    kind: text({ enum: ["allergy", "intolerance"] }),
    /** Of `food`, `medication`, `environment`, `biologic`. */
    categories: text().array().notNull(),
    criticality: text({ enum: allergyCriticalities }),
    ...coded(),
    ...happened(),
    recordedAt: instant(),
    lastOccurrenceAt: instant(),
    /** What happened when exposed, in words, each apart by a semicolon. */
    reactions: text(),
    /** The worst of the reactions. */
    reactionSeverity: text({ enum: reactionSeverities }),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("allergies_import").on(table.importSource, table.importId),
    index("allergies_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
  ],
);
