import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";
import { databaseServers, tenants } from "./tenants.ts";

/** One table on its way back. */
export interface RestoredTable {
  readonly rows: number;
  /** Null: not yet compared. */
  readonly equal: boolean | null;
}

/** Files that the restored rows name: how many, how many were fetched, how many are on no side. */
export interface RestoredFiles {
  readonly named: number;
  readonly fetched: number;
  readonly missing: number;
}

/** A lost primary being rebuilt from its copy; at most one of a hospital is not done. */
export const restoreRuns = pgTable(
  "restore_runs",
  {
    id: id(),
    tenantId: uuid()
      .notNull()
      .references(() => tenants.id, { onDelete: "cascade" }),
    status: text({ enum: ["running", "failed", "done"] })
      .notNull()
      .default("running"),
    requestedBy: text().notNull(),
    reason: text(),
    /** The copy follows nobody but this from the first step on. */
    epoch: uuid().notNull().default(sql`gen_random_uuid()`),
    oldServerId: uuid()
      .notNull()
      .references(() => databaseServers.id),
    oldDatabase: text().notNull(),
    schemaName: text().notNull(),
    targetServerId: uuid()
      .notNull()
      .references(() => databaseServers.id),
    targetDatabase: text().notNull(),
    fencedAt: instant(),
    /** What the copy held, and what may be lost beyond it. */
    lastTick: bigint({ mode: "number" }),
    lastTickAt: instant(),
    lostSeconds: doublePrecision(),
    waitingRows: bigint({ mode: "number" }),
    tables: jsonb().$type<Readonly<Record<string, RestoredTable>>>().notNull().default({}),
    /** Where each sequence goes on. */
    moved: jsonb().$type<Readonly<Record<string, string>>>(),
    files: jsonb().$type<RestoredFiles>(),
    attempts: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    finishedAt: instant(),
  },
  (table) => [
    index("restore_runs_tenant").on(table.tenantId, table.createdAt.desc()),
    uniqueIndex("restore_runs_open").on(table.tenantId).where(sql`${table.status} <> 'done'`),
    check("restore_runs_status", sql`${table.status} in ('running', 'failed', 'done')`),
  ],
);

/** Each step is done once; a killed run goes on at the first that is not done. */
export const restoreSteps = pgTable(
  "restore_steps",
  {
    runId: uuid()
      .notNull()
      .references(() => restoreRuns.id, { onDelete: "cascade" }),
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
