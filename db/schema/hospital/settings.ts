import { sql } from "drizzle-orm";
import { check, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, instant } from "../columns.ts";

/** The hospital's own facts: one row. */
export const hospitalSettings = pgTable(
  "hospital_settings",
  {
    id: integer().primaryKey().default(1),
    tenantId: uuid().notNull(),
    name: text().notNull(),
    timeZone: text().notNull(),
    currency: text().notNull(),
    language: text({ enum: ["en", "ur", "hi"] }).notNull(),
    accent: text(),
    contactEmail: text(),
    contactPhone: text(),
    address: text(),
    ...history(),
  },
  (table) => [check("hospital_settings_one_row", sql`${table.id} = 1`)],
);

/** What the hospital's plan allows, as last received from the owner: one row. It holds offline until `validUntil`. */
export const entitlement = pgTable(
  "entitlement",
  {
    id: integer().primaryKey().default(1),
    planKey: text().notNull(),
    subscriptionStatus: text().notNull(),
    features: jsonb().$type<readonly string[]>().notNull(),
    /** Calls of programs in a day; null is unlimited. */
    apiCallsPerDay: integer(),
    documentVersion: integer().notNull().default(1),
    validUntil: instant(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [check("entitlement_one_row", sql`${table.id} = 1`)],
);

export const limitedResources = ["patients", "users"] as const;

/** One row a limited resource. A write claims its place by raising `used` here, in its own transaction. Null is unlimited. */
export const limits = pgTable(
  "limits",
  {
    resource: text({ enum: limitedResources }).primaryKey(),
    allowed: integer(),
    used: integer().notNull().default(0),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [check("limits_used_not_negative", sql`${table.used} >= 0`)],
);
