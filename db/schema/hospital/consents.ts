import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { patients } from "./patients.ts";

export const consentPurposes = [
  "treatment",
  "research",
  "marketing",
  "insurance",
  "third-party",
  "data-export",
] as const;
export const consentDecisions = ["granted", "refused", "withdrawn"] as const;
export const consentGivers = ["patient", "guardian"] as const;
export const consentMethods = ["written", "verbal", "electronic"] as const;

/** What a patient, or who speaks for them, has agreed to or refused. The latest of a purpose counts. */
export const consents = pgTable(
  "consents",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    purpose: text({ enum: consentPurposes }).notNull(),
    decision: text({ enum: consentDecisions }).notNull(),
    givenBy: text({ enum: consentGivers }).notNull(),
    /** The guardian's name. */
    giverName: text(),
    method: text({ enum: consentMethods }).notNull(),
    validFrom: instant().notNull(),
    /** Null: until it is withdrawn. */
    validUntil: instant(),
    /** Where the signed paper or recording is. */
    documentReference: text(),
    note: text(),
    recordedBy: uuid(),
    recordedByName: text().notNull(),
    withdrawnAt: instant(),
    withdrawnByName: text(),
    withdrawReason: text(),
    ...history(),
  },
  (table) => [index().on(table.patientId, table.purpose, table.createdAt)],
);
