import { desc, eq, sql } from "drizzle-orm";
import type { KeyTables } from "../../../db/schema/api-keys.ts";
import { AppError, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { PlaneDb, PlaneTx } from "../plane.ts";
import { type KeyKind, shownKey } from "./key-text.ts";

/** A key as it is listed: never its secret. */
export interface ApiKey {
  readonly id: string;
  readonly kind: KeyKind;
  /** The part that is shown: `wl_abcdefgh_…`. */
  readonly prefix: string;
  readonly name: string;
  readonly state: "active" | "expired" | "revoked";
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly callsPerMinute: number | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly createdBy: string | null;
  readonly createdByName: string;
  /** Whether who made it is still here and active; null where no person did. */
  readonly makerActive: boolean | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly rotatedAt: Date | null;
  /** Until when the secret before the last rotation works too; null where it does not. */
  readonly previousUntil: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedByName: string | null;
  readonly version: number;
}

type Row = {
  readonly key: KeyTables["keys"]["$inferSelect"];
  readonly use: KeyTables["uses"]["$inferSelect"] | null;
  readonly makerActive: boolean | null;
};

function shown({ key, use, makerActive }: Row, now: Date): ApiKey {
  const { keyId, secretHash: _, previousHash: __, previousUntil, ...rest } = key;
  const expired = key.expiresAt !== null && key.expiresAt <= now;
  return {
    ...rest,
    prefix: shownKey(key.kind, keyId),
    state: key.revokedAt !== null ? "revoked" : expired ? "expired" : "active",
    previousUntil: previousUntil !== null && previousUntil > now ? previousUntil : null,
    makerActive,
    lastUsedAt: use?.lastUsedAt ?? null,
    lastUsedAddress: use?.lastUsedAddress ?? null,
  };
}

const makerActive = ({ keys, people }: KeyTables) => sql<
  boolean | null
>`case when ${keys.createdBy} is null then null
  else exists (select from ${sql.identifier(people)} p where p.id = ${keys.createdBy} and p.status = 'active') end`;

const select = (db: PlaneDb, tables: KeyTables) => {
  const { keys, uses } = tables;
  return db
    .select({ key: keys, use: uses, makerActive: makerActive(tables) })
    .from(keys)
    .leftJoin(uses, eq(uses.keyId, keys.keyId));
};

/** Every key, the newest first, those that are over last. */
// open: part of rules that have authorized
export async function readKeys(db: PlaneDb, tables: KeyTables, now: Date): Promise<readonly ApiKey[]> {
  const rows = await select(db, tables)
    .orderBy(desc(tables.keys.createdAt), desc(tables.keys.id))
    .limit(1_000);
  const all = rows.map((row) => shown(row, now));
  return [...all.filter(({ state }) => state === "active"), ...all.filter(({ state }) => state !== "active")];
}

/** One key. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function readKey(db: PlaneDb, tables: KeyTables, id: string, now: Date): Promise<ApiKey> {
  const [row] = isId(id) ? await select(db, tables).where(eq(tables.keys.id, id)) : [];
  if (row === undefined) throw notFound("key");
  return shown(row, now);
}

/** Held until the transaction ends. @throws AppError not-found (404); precondition-failed (412); conflict (409) `key.revoked`. */
// open: part of rules that have authorized
export async function lockKey(
  tx: PlaneTx,
  tables: KeyTables,
  id: string,
  version: number | undefined,
  now: Date,
): Promise<ApiKey> {
  await readKey(tx, tables, id, now);
  await tx.select({ id: tables.keys.id }).from(tables.keys).where(eq(tables.keys.id, id)).for("update");
  const current = await readKey(tx, tables, id, now);
  if (version !== undefined && current.version !== version) throw rowChanged();
  if (current.state === "revoked")
    throw new AppError("conflict", "key.revoked", "This key is revoked. Make a new one.");
  return current;
}
