import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "./columns.ts";

/**
 * `api`: a program acts by it, with its scopes. `app`: tells which program asks where nobody's token is sent; it
 * opens nothing by itself.
 */
export const keyKinds = ["api", "app"] as const;

/** Keys of programs; only hashes are kept. The same shape on both planes. */
export function apiKeyTable(name: string) {
  return pgTable(
    name,
    {
      id: id(),
      /** The part that is shown: `wl_<keyId>_…`. */
      keyId: text().notNull().unique(),
      kind: text({ enum: keyKinds }).notNull(),
      name: text().notNull(),
      secretHash: text().notNull(),
      /** The secret before the last rotation; it works until `previousUntil`. */
      previousHash: text(),
      previousUntil: instant(),
      scopes: text().array().notNull(),
      /** Where it may be used from: addresses and networks (`10.1.0.0/16`); empty is anywhere. */
      networks: text().array().notNull(),
      /** Calls a minute; null is the usual figure. */
      callsPerMinute: integer(),
      expiresAt: instant(),
      /** Who made it, by id and as they were called then; the key outlives their account. */
      createdBy: uuid(),
      createdByName: text().notNull(),
      rotatedAt: instant(),
      revokedAt: instant(),
      revokedByName: text(),
      ...history(),
    },
    (table) => [check(`${name}_calls_positive`, sql`${table.callsPerMinute} > 0`)],
  );
}

/** When and from where a key was last used; apart from the key, since it changes each minute and is not copied. */
export function apiKeyUseTable(name: string) {
  return pgTable(name, {
    keyId: text().primaryKey(),
    lastUsedAt: instant().notNull(),
    lastUsedAddress: text(),
  });
}

/** One row: whether programs have to name themselves where nobody's token is sent. */
export function keyPolicyTable(name: string) {
  return pgTable(
    name,
    {
      id: integer().primaryKey().default(1),
      requireAppKey: boolean().notNull().default(false),
      ...history(),
    },
    (table) => [check(`${name}_one_row`, sql`${table.id} = 1`)],
  );
}

/** Failed sign-ins: counted by account, address and device, and until when each is refused. */
export function signInFailureTable(name: string) {
  return pgTable(
    name,
    {
      /** `account <email>`, `pair <email> <address>`, `address <address>`, `device <email> <hash>`. */
      bucket: text().primaryKey(),
      failures: integer().notNull(),
      lastAt: instant().notNull(),
      blockedUntil: instant(),
    },
    (table) => [index().on(table.lastAt)],
  );
}

/** Browsers and addresses that an account has signed in from: it stays open to them while others guess. */
export function signInDeviceTable(name: string) {
  return pgTable(
    name,
    {
      id: id(),
      personId: uuid().notNull(),
      deviceHash: text(),
      address: text(),
      lastAt: instant().notNull(),
    },
    (table) => [index().on(table.personId, table.lastAt)],
  );
}

export interface KeyTables {
  readonly keys: ReturnType<typeof apiKeyTable>;
  readonly uses: ReturnType<typeof apiKeyUseTable>;
  readonly policy: ReturnType<typeof keyPolicyTable>;
  /** The table of those who make keys. */
  readonly people: "users" | "operators";
}

export interface LockoutTables {
  readonly failures: ReturnType<typeof signInFailureTable>;
  readonly devices: ReturnType<typeof signInDeviceTable>;
}
