import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "../columns.ts";

/**
 * What operators did, written in the transaction of the act itself. In partitions of a month each; `lane`, `n`,
 * `prev` and `mac` are the row's place in the chain (server/audit).
 */
export const ownerAudit = pgTable(
  "owner_audit",
  {
    id: uuid().notNull(),
    at: instant().notNull(),
    actorKind: text({ enum: ["operator", "key", "system"] }).notNull(),
    actorId: uuid(),
    actorName: text().notNull(),
    event: text().notNull(),
    tenantId: uuid(),
    entity: text().notNull(),
    entityId: text(),
    reason: text(),
    requestId: text(),
    address: text(),
    details: jsonb(),
    /** Somebody looked; nothing was changed. */
    read: boolean().notNull().default(false),
    lane: integer(),
    n: bigint({ mode: "number" }),
    prev: uuid(),
    mac: text(),
  },
  (table) => [
    primaryKey({ columns: [table.at, table.id] }),
    index().on(table.tenantId, table.at, table.id),
    index().on(table.actorId, table.at, table.id),
    index().on(table.event, table.at, table.id),
    index().on(table.lane, table.n),
  ],
);

/** Where each lane of the owner plane's chain ends, sealed. */
export const ownerAuditLanes = pgTable("owner_audit_lanes", {
  lane: integer().primaryKey(),
  kind: text({ enum: ["act", "read", "before"] }).notNull(),
  n: bigint({ mode: "number" }).notNull(),
  mac: text().notNull(),
  lastId: uuid(),
  lastAt: instant(),
  seal: text().notNull(),
});

/** The key of the owner plane's chain, made once, sealed with the master key. */
export const ownerAuditKeys = pgTable("owner_audit_keys", {
  id: integer().primaryKey().default(1),
  sealedKey: text().notNull(),
  createdAt: instant().notNull().defaultNow(),
});

/** Where a hospital's chain ended, the last look of each day: kept where who rules the hospital's database does not. */
export const auditAnchors = pgTable(
  "audit_anchors",
  {
    tenantId: uuid().notNull(),
    day: date({ mode: "string" }).notNull(),
    takenAt: instant().notNull(),
    /** Lane to [number, mac] of its last row. */
    heads: jsonb().$type<Readonly<Record<string, readonly [number, string]>>>().notNull(),
    seal: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.day] })],
);
