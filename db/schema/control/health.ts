import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { operators } from "./operators.ts";
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
    /** The newest migration of the hospital's schema there. */
    schemaVersion: text(),
    /** Where the hospital's own server told this: when it was heard. Null: asked from here. */
    heardAt: instant(),
    /** In plain words, where the database could not be asked. */
    reason: text(),
  },
  (table) => [index().on(table.tenantId, table.side, table.checkedAt.desc()), index().on(table.checkedAt)],
);

export const healthAlertCodes = [
  "primary-unreachable",
  "no-report",
  "copy-differs",
  "sync-parked",
  "copy-unreachable",
  "sync-behind",
  "schema-differs",
  "proof-old",
  "connections-high",
  "primary-slow",
  "copy-slow",
  "size-large",
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

/** Looks in a row that speak against what is known: so many of them raise an alert, or clear one. */
export const healthWatches = pgTable(
  "health_watches",
  {
    tenantId: tenant(),
    code: text({ enum: healthAlertCodes }).notNull(),
    looks: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.code] })],
);

/** The looks of one hour at one database, in a row: what remains when the looks themselves are gone. */
export const healthHours = pgTable(
  "health_hours",
  {
    tenantId: tenant(),
    side: text({ enum: ["primary", "copy"] }).notNull(),
    hour: instant().notNull(),
    looks: integer().notNull(),
    unreachable: integer().notNull(),
    latencyMs: doublePrecision(),
    latencyMaxMs: doublePrecision(),
    lagRows: bigint({ mode: "number" }),
    lagSeconds: doublePrecision(),
    sizeBytes: bigint({ mode: "number" }),
    connections: integer(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.side, table.hour] }), index().on(table.hour)],
);

/** From where on something is wrong, and how long the history is kept; one row for the platform. */
export const healthSettings = pgTable(
  "health_settings",
  {
    id: integer().primaryKey().default(1),
    latencyMs: integer().notNull().default(1_000),
    lagSeconds: integer().notNull().default(300),
    lagRows: integer().notNull().default(100_000),
    connectionPercent: integer().notNull().default(85),
    proofHours: integer().notNull().default(26),
    silentMinutes: integer().notNull().default(3),
    /** Null: a database may grow as it will. */
    sizeGigabytes: integer(),
    raiseAfter: integer().notNull().default(2),
    clearAfter: integer().notNull().default(2),
    rawDays: integer().notNull().default(3),
    hourDays: integer().notNull().default(90),
    /** Looks before this are gathered into hours. */
    rolledUpTo: instant(),
    ...history(),
  },
  (table) => [check("health_settings_one_row", sql`${table.id} = 1`)],
);

/** Operators who want alerts by mail. */
export const healthMails = pgTable("health_mails", {
  operatorId: uuid()
    .primaryKey()
    .references(() => operators.id, { onDelete: "cascade" }),
  since: instant().notNull().defaultNow(),
});

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
