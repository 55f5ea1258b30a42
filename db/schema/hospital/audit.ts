import { index, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "../columns.ts";

/** Who did what to which record, written in the transaction of the act itself. The app may add rows, never change one. */
export const auditLog = pgTable(
  "audit_log",
  {
    id: id(),
    at: instant().notNull().defaultNow(),
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
  },
  (table) => [index().on(table.at), index().on(table.patientId, table.at)],
);
