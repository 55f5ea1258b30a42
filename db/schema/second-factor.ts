import { type AnyPgColumn, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { id, instant } from "./columns.ts";

/** A person's second factor: the secret that their phone shares, sealed. The same shape on both planes. */
export function secondFactorTable(name: string, person: () => AnyPgColumn) {
  return pgTable(name, {
    personId: uuid().primaryKey().references(person, { onDelete: "cascade" }),
    sealedSecret: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Null until a first code has shown that the phone holds the secret. */
    confirmedAt: instant(),
    /** The time step (unix seconds / 30) of the last code taken: a code is good once. */
    lastStep: integer(),
    /** Wrong codes since the last right one. */
    failures: integer().notNull().default(0),
    lockedUntil: instant(),
  });
}

/** Codes for the day the phone is lost, each good once; only hashes are kept. */
export function recoveryCodeTable(name: string, person: () => AnyPgColumn) {
  return pgTable(
    name,
    {
      id: id(),
      personId: uuid().notNull().references(person, { onDelete: "cascade" }),
      codeHash: text().notNull(),
      createdAt: instant().notNull().defaultNow(),
      spentAt: instant(),
    },
    (table) => [index().on(table.personId)],
  );
}

/** A sign-in between its two steps: the password was right, the code is awaited. */
export function challengeTable(name: string, person: () => AnyPgColumn) {
  return pgTable(
    name,
    {
      id: id(),
      personId: uuid().notNull().references(person, { onDelete: "cascade" }),
      kind: text({ enum: ["browser", "token"] }).notNull(),
      secretHash: text().notNull().unique(),
      createdAt: instant().notNull().defaultNow(),
      expiresAt: instant().notNull(),
      failures: integer().notNull().default(0),
      spentAt: instant(),
    },
    (table) => [index().on(table.personId)],
  );
}

export interface SecondFactorTables {
  readonly secondFactors: ReturnType<typeof secondFactorTable>;
  readonly recoveryCodes: ReturnType<typeof recoveryCodeTable>;
  readonly challenges: ReturnType<typeof challengeTable>;
}
