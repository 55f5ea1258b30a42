import { integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";
import { tenants } from "./tenants.ts";

/** One hospital's creation. `input` holds what was asked for; the first admin's password is sealed in it. */
export const provisioningRuns = pgTable("provisioning_runs", {
  id: id(),
  tenantId: uuid()
    .notNull()
    .unique()
    .references(() => tenants.id),
  status: text({ enum: ["running", "failed", "done"] })
    .notNull()
    .default("running"),
  input: jsonb().notNull(),
  requestedBy: text().notNull(),
  attempts: integer().notNull().default(0),
  createdAt: instant().notNull().defaultNow(),
  updatedAt: instant().notNull().defaultNow(),
  finishedAt: instant(),
});

/** Each step is done once; a killed run goes on at the first step that is not done. */
export const provisioningSteps = pgTable(
  "provisioning_steps",
  {
    runId: uuid()
      .notNull()
      .references(() => provisioningRuns.id, { onDelete: "cascade" }),
    position: integer().notNull(),
    key: text().notNull(),
    status: text({ enum: ["waiting", "running", "done", "failed"] })
      .notNull()
      .default("waiting"),
    reason: text(),
    startedAt: instant(),
    finishedAt: instant(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.position] })],
);
