import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";

export const supportStates = ["waiting", "accepted", "refused", "ended"] as const;

/** The owner's people asking to come in, and what the hospital said. Its id is the request's in the control database. */
export const supportGrants = pgTable(
  "support_grants",
  {
    id: id(),
    operatorId: uuid().notNull(),
    operatorName: text().notNull(),
    operatorEmail: text().notNull(),
    reason: text().notNull(),
    minutesAsked: integer().notNull(),
    askedAt: instant().notNull(),
    status: text({ enum: supportStates }).notNull().default("waiting"),
    decidedBy: uuid(),
    decidedByName: text(),
    decidedAt: instant(),
    note: text(),
    permissions: text().array().notNull().default([]),
    expiresAt: instant(),
    endedAt: instant(),
    endedByName: text(),
    enteredAt: instant(),
    /** Of the one-time link: the hash of its secret, until when it opens. Null once it was used. */
    linkHash: text().unique(),
    linkExpiresAt: instant(),
    ...history(),
  },
  (table) => [index().on(table.status, table.askedAt)],
);

/** A browser of the owner's people inside the hospital; only the hash of its secret is kept. Not copied. */
export const supportSessions = pgTable(
  "support_sessions",
  {
    id: id(),
    grantId: uuid()
      .notNull()
      .references(() => supportGrants.id, { onDelete: "cascade" }),
    tokenHash: text().notNull().unique(),
    userAgent: text(),
    address: text(),
    createdAt: instant().notNull().defaultNow(),
    endedAt: instant(),
  },
  (table) => [index().on(table.grantId)],
);
