import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "../columns.ts";

/**
 * Who read or changed what, a change in the transaction of the act itself. In partitions of a month each. The app
 * may add rows, never change one; `lane`, `n`, `prev` and `mac` are the row's place in the chain (server/audit).
 */
export const auditLog = pgTable(
  "audit_log",
  {
    id: uuid().notNull(),
    at: instant().notNull(),
    actorKind: text({ enum: ["user", "key", "support", "system"] }).notNull(),
    actorId: uuid(),
    actorName: text().notNull(),
    event: text().notNull(),
    entity: text().notNull(),
    entityId: text(),
    patientId: uuid(),
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
    index().on(table.patientId, table.at, table.id),
    index().on(table.actorId, table.at, table.id),
    index().on(table.event, table.at, table.id),
    index().on(table.lane, table.n),
  ],
);

/** Where each lane of the chain ends, sealed with the hospital's key, so that no end can be cut off unseen. */
export const auditLanes = pgTable("audit_lanes", {
  lane: integer().primaryKey(),
  kind: text({ enum: ["act", "read", "before"] }).notNull(),
  n: bigint({ mode: "number" }).notNull(),
  mac: text().notNull(),
  lastId: uuid(),
  lastAt: instant(),
  seal: text().notNull(),
});
