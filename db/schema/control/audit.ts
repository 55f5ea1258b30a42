import { index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";

/** What operators did, written in the transaction of the act itself. */
export const ownerAudit = pgTable(
  "owner_audit",
  {
    id: id(),
    at: instant().notNull().defaultNow(),
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
  },
  (table) => [index().on(table.at), index().on(table.tenantId, table.at)],
);
