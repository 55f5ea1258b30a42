import { sql } from "drizzle-orm";
import { check, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { departments } from "./departments.ts";
import { patients } from "./patients.ts";
import { users } from "./users.ts";

export const glassReasons = [
  "emergency",
  "direct-care",
  "cover",
  "patient-asked",
  "legal-duty",
  "other",
] as const;
export const glassVerdicts = ["pending", "justified", "not-justified"] as const;

/** Why, since when and by whom a record is restricted; the row stays when the restriction is lifted. */
export const patientRestrictions = pgTable(
  "patient_restrictions",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    reason: text().notNull(),
    setBy: uuid(),
    setByName: text().notNull(),
    setAt: instant().notNull().defaultNow(),
    liftedBy: uuid(),
    liftedByName: text(),
    liftedAt: instant(),
    liftReason: text(),
  },
  (table) => [
    uniqueIndex("patient_restrictions_one").on(table.patientId).where(sql`${table.liftedAt} is null`),
    index().on(table.patientId),
  ],
);

/** Who may open a restricted record without breaking the glass: a person, or everyone of a department. */
export const patientAccess = pgTable(
  "patient_access",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    userId: uuid().references(() => users.id),
    departmentId: uuid().references(() => departments.id),
    /** Null: until it is taken away. */
    until: instant(),
    grantedBy: uuid(),
    grantedByName: text().notNull(),
    grantedAt: instant().notNull().defaultNow(),
    revokedBy: uuid(),
    revokedAt: instant(),
  },
  (table) => [
    index().on(table.patientId),
    check("patient_access_one", sql`(${table.userId} is null) <> (${table.departmentId} is null)`),
  ],
);

/** A restricted record opened in need, and what those who watch over the records thought of it. */
export const glassBreaks = pgTable(
  "glass_breaks",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    userId: uuid().notNull(),
    userName: text().notNull(),
    roleName: text().notNull(),
    reason: text({ enum: glassReasons }).notNull(),
    explanation: text().notNull(),
    brokenAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** The person gave it back before the hour was over. */
    endedAt: instant(),
    address: text(),
    verdict: text({ enum: glassVerdicts }).notNull().default("pending"),
    reviewedBy: uuid(),
    reviewedByName: text(),
    reviewedAt: instant(),
    reviewNote: text(),
    ...history(),
  },
  (table) => [
    index().on(table.patientId, table.userId, table.expiresAt),
    index().on(table.verdict, table.brokenAt),
  ],
);
