import { boolean, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { history, id } from "../columns.ts";

/** What a hospital may have; null is unlimited. */
export interface PlanLimits {
  readonly patients: number | null;
  readonly users: number | null;
  readonly storageMegabytes: number | null;
  readonly apiCallsPerDay: number | null;
}

/** Plans are data. Prices are in minor units of `currency`. */
export const plans = pgTable("plans", {
  id: id(),
  key: text().notNull().unique(),
  name: text().notNull(),
  monthlyPriceMinor: integer().notNull(),
  yearlyPriceMinor: integer().notNull(),
  currency: text().notNull(),
  trialDays: integer().notNull(),
  limits: jsonb().$type<PlanLimits>().notNull(),
  features: jsonb().$type<readonly string[]>().notNull(),
  backupRetentionDays: integer().notNull(),
  offered: boolean().notNull().default(true),
  position: integer().notNull(),
  ...history(),
});
