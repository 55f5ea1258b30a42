import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { operators } from "./operators.ts";
import { tenants } from "./tenants.ts";

/** An operator asking to come into a hospital, and what the hospital was last known to say. The hospital decides. */
export const supportRequests = pgTable(
  "support_requests",
  {
    id: id(),
    tenantId: uuid()
      .notNull()
      .references(() => tenants.id),
    operatorId: uuid()
      .notNull()
      .references(() => operators.id),
    reason: text().notNull(),
    minutes: integer().notNull(),
    status: text({ enum: ["waiting", "accepted", "refused", "ended"] })
      .notNull()
      .default("waiting"),
    askedAt: instant().notNull(),
    decidedAt: instant(),
    decidedByName: text(),
    note: text(),
    expiresAt: instant(),
    endedAt: instant(),
    endedByName: text(),
    ...history(),
  },
  (table) => [index().on(table.tenantId, table.askedAt), index().on(table.operatorId, table.status)],
);
