import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { patients } from "./patients.ts";

/** How long a class of rows is kept, where the hospital chose otherwise than the product. */
export const retentionPolicies = pgTable("retention_policies", {
  id: id(),
  recordClass: text().notNull().unique(),
  /** Null: for ever. */
  keepDays: integer(),
  changedByName: text(),
  ...history(),
});

/** A patient's record that may not be erased, whatever the policy says, while a court or a claim may ask for it. */
export const legalHolds = pgTable(
  "legal_holds",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    reason: text().notNull(),
    placedBy: uuid(),
    placedByName: text().notNull(),
    placedAt: instant().notNull().defaultNow(),
    liftedByName: text(),
    liftedAt: instant(),
  },
  (table) => [
    uniqueIndex("legal_holds_one").on(table.patientId).where(sql`${table.liftedAt} is null`),
    index().on(table.patientId),
  ],
);

/** That a patient's record was erased for good, and by which rule. It says nothing of who the person was. */
export const erasures = pgTable("erasures", {
  id: id(),
  patientId: uuid().notNull(),
  mrn: text().notNull(),
  deletedAt: instant().notNull(),
  erasedAt: instant().notNull(),
  keptDays: integer().notNull(),
  actorName: text().notNull(),
  /** Rows that went, table by table. */
  counts: jsonb().notNull(),
});

/** One nightly clean-up and what went. */
export const retentionRuns = pgTable(
  "retention_runs",
  {
    id: id(),
    startedAt: instant().notNull(),
    finishedAt: instant(),
    actorName: text().notNull(),
    /** Rows that went, class by class. */
    counts: jsonb(),
  },
  (table) => [index().on(table.startedAt)],
);
