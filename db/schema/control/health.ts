import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";
import { tenants } from "./tenants.ts";

const tenant = () =>
  uuid()
    .notNull()
    .references(() => tenants.id, { onDelete: "cascade" });

/** One look at one of a hospital's databases: kept as history. */
export const healthChecks = pgTable(
  "health_checks",
  {
    id: id(),
    tenantId: tenant(),
    side: text({ enum: ["primary", "copy"] }).notNull(),
    checkedAt: instant().notNull(),
    reachable: boolean().notNull(),
    /** A round trip on an open connection, and opening it. */
    latencyMs: doublePrecision(),
    connectMs: doublePrecision(),
    sizeBytes: bigint({ mode: "number" }),
    serverVersion: text(),
    connections: integer(),
    connectionLimit: integer(),
    /** Rows the copy lacks; on the primary's row only. */
    lagRows: bigint({ mode: "number" }),
    /** Seconds since the newest tick the copy applied; on the copy's row only. */
    lagSeconds: doublePrecision(),
    lastTickAt: instant(),
    lastVerifiedAt: instant(),
    /** In plain words, where the database could not be asked. */
    reason: text(),
  },
  (table) => [index().on(table.tenantId, table.side, table.checkedAt.desc()), index().on(table.checkedAt)],
);

export const healthAlertCodes = [
  "primary-unreachable",
  "copy-unreachable",
  "sync-behind",
  "sync-parked",
  "copy-differs",
] as const;
export type HealthAlertCode = (typeof healthAlertCodes)[number];

/** Something is wrong with a hospital's databases: raised once, cleared once. */
export const healthAlerts = pgTable(
  "health_alerts",
  {
    id: id(),
    tenantId: tenant(),
    code: text({ enum: healthAlertCodes }).notNull(),
    detail: text().notNull(),
    raisedAt: instant().notNull(),
    clearedAt: instant(),
  },
  (table) => [
    uniqueIndex("health_alerts_open").on(table.tenantId, table.code).where(sql`${table.clearedAt} is null`),
    index().on(table.tenantId, table.raisedAt.desc()),
  ],
);

/** How the last push of a hospital's changes ended. */
export const syncStates = pgTable("sync_states", {
  tenantId: uuid()
    .primaryKey()
    .references(() => tenants.id, { onDelete: "cascade" }),
  outcome: text().notNull(),
  reportedAt: instant().notNull(),
  /** When it last ended with nothing left to send. */
  syncedAt: instant(),
  lagRows: bigint({ mode: "number" }),
  lastTick: bigint({ mode: "number" }),
  lastTickAt: instant(),
  /** Of the last push that sent anything. */
  rows: bigint({ mode: "number" }).notNull().default(0),
  rowsPerSecond: doublePrecision(),
  parkedCode: text(),
  parkedReason: text(),
  verifiedAt: instant(),
  verifiedEqual: boolean(),
});
