import { type AnyPgColumn, boolean, index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

/** A signed-in browser or a family of tokens; only the hash of its secret is kept. The same shape on both planes. */
export function sessionTable(name: string, person: () => AnyPgColumn) {
  return pgTable(
    name,
    {
      id: id(),
      personId: uuid().notNull().references(person, { onDelete: "cascade" }),
      kind: text({ enum: ["browser", "token"] }).notNull(),
      tokenHash: text().notNull().unique(),
      userAgent: text(),
      address: text(),
      createdAt: instant().notNull().defaultNow(),
      lastSeenAt: instant().notNull().defaultNow(),
      expiresAt: instant().notNull(),
      revokedAt: instant(),
      /** When the person last proved who they are; null: when the session was opened. */
      provedAt: instant(),
      /** Opens nothing but the way to a second factor, since the role asks for one. */
      enrolmentDue: boolean().notNull().default(false),
    },
    (table) => [index().on(table.personId)],
  );
}

/** Refresh tokens rotate; using a spent one ends the session it belongs to. */
export function refreshTokenTable(name: string, session: () => AnyPgColumn) {
  return pgTable(
    name,
    {
      id: id(),
      sessionId: uuid().notNull().references(session, { onDelete: "cascade" }),
      tokenHash: text().notNull().unique(),
      createdAt: instant().notNull().defaultNow(),
      expiresAt: instant().notNull(),
      spentAt: instant(),
    },
    (table) => [index().on(table.sessionId)],
  );
}

export interface SessionTables {
  readonly sessions: ReturnType<typeof sessionTable>;
  readonly refreshTokens: ReturnType<typeof refreshTokenTable>;
}
