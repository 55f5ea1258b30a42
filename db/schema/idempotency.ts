import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/** One row for each Idempotency-Key, claimed in the transaction of the act itself: the act is never done twice. */
export function idempotencyTable() {
  return pgTable(
    "idempotency_keys",
    {
      actorId: text().notNull(),
      key: text().notNull(),
      /** SHA-256 of method, path and body: the same key with another request is refused. */
      fingerprint: text().notNull(),
      status: integer(),
      headers: jsonb().$type<Record<string, string>>(),
      body: text(),
      /** Whether `body` is sealed: the answer held a secret. */
      sealed: boolean().notNull().default(false),
      createdAt: instant().notNull().defaultNow(),
    },
    (table) => [primaryKey({ columns: [table.actorId, table.key] }), index().on(table.createdAt)],
  );
}

export type IdempotencyTable = ReturnType<typeof idempotencyTable>;
