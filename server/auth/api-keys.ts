import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { ControlDb, ControlTx, HospitalDb, HospitalTx } from "../../db/planes.ts";
import type { KeyTables } from "../../db/schema/api-keys.ts";
import { sha256 } from "../crypto.ts";
import { AppError, invalidField, notFound, rowChanged } from "../errors.ts";
import { isId } from "../input.ts";
import { type KeyKind, newKeyId, newKeyText, shownKey } from "./key-text.ts";
import { tidyNetwork } from "./networks.ts";

type Db = ControlDb | HospitalDb;
type Tx = ControlTx | HospitalTx;

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

/** A key just made or rotated, with the one sight of its secret. */
export interface NewKey {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface KeyValues {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly callsPerMinute: number | null;
  readonly expiresAt: Date | null;
}

/** The longest that an old secret works beside the new one. */
export const longestOverlapHours = 7 * 24;

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

const select = (db: Db, tables: KeyTables) => {
  const { keys, uses } = tables;
  return db
    .select({ key: keys, use: uses, makerActive: makerActive(tables) })
    .from(keys)
    .leftJoin(uses, eq(uses.keyId, keys.keyId));
};

/** Every key, the newest first, those that are over last. */
// open: part of rules that have authorized
export async function readKeys(db: Db, tables: KeyTables, now: Date): Promise<readonly ApiKey[]> {
  const rows = await select(db, tables)
    .orderBy(desc(tables.keys.createdAt), desc(tables.keys.id))
    .limit(1_000);
  const all = rows.map((row) => shown(row, now));
  return [...all.filter(({ state }) => state === "active"), ...all.filter(({ state }) => state !== "active")];
}

/** One key. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function readKey(db: Db, tables: KeyTables, id: string, now: Date): Promise<ApiKey> {
  const [row] = isId(id) ? await select(db, tables).where(eq(tables.keys.id, id)) : [];
  if (row === undefined) throw notFound("key");
  return shown(row, now);
}

/** Nobody gives a program what they do not hold. @throws AppError forbidden (403) `key.beyond-own`; invalid (422). */
// open: pure
export function refuseScopes(
  scopes: readonly string[],
  rules: { readonly isScope: (scope: string) => boolean; readonly holds: (scope: string) => boolean },
): void {
  if (!scopes.every(rules.isScope))
    throw invalidField("scopes", "not-one-of", "One of these is no right that a program can have.");
  const beyond = scopes.filter((scope) => !rules.holds(scope));
  if (beyond.length > 0)
    throw new AppError(
      "forbidden",
      "key.beyond-own",
      "You can't give or take away rights that you do not hold yourself.",
      { details: { permissions: beyond } },
    );
}

const tidyName = (text: string) => {
  const name = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (name === "") throw invalidField("name", "required", "Enter this.");
  return name;
};

function tidyNetworks(given: readonly string[]): string[] {
  return [
    ...new Set(
      given.map((text) => {
        const network = tidyNetwork(text);
        if (network === null)
          throw invalidField(
            "networks",
            "not-a-network",
            "Enter addresses such as 203.0.113.7 or networks such as 10.1.0.0/16.",
          );
        return network;
      }),
    ),
  ];
}

function refusePast(expiresAt: Date | null, now: Date): void {
  if (expiresAt !== null && expiresAt <= now)
    throw invalidField("expiresAt", "in-the-past", "This lies in the past.");
}

/** Makes a key. @throws AppError invalid (422). */
// open: part of rules that have authorized
export async function insertKey(
  tx: Tx,
  tables: KeyTables,
  input: KeyValues & { readonly kind: KeyKind },
  maker: { readonly id: string | null; readonly name: string },
  now: Date,
): Promise<NewKey> {
  if (input.kind === "app" && input.scopes.length > 0)
    throw invalidField("scopes", "not-allowed", "An app key names a program and holds no rights.");
  if (input.kind === "api" && input.scopes.length === 0)
    throw invalidField("scopes", "required", "Choose at least one right.");
  refusePast(input.expiresAt, now);
  const id = Bun.randomUUIDv7();
  const keyId = newKeyId();
  const secret = newKeyText(input.kind, keyId);
  await tx.insert(tables.keys).values({
    ...{ id, keyId, kind: input.kind, name: tidyName(input.name), secretHash: sha256(secret) },
    ...{ scopes: [...new Set(input.scopes)], networks: tidyNetworks(input.networks) },
    ...{ callsPerMinute: input.callsPerMinute, expiresAt: input.expiresAt },
    ...{ createdBy: maker.id, createdByName: maker.name, createdAt: now, updatedAt: now },
  });
  return { key: await readKey(tx, tables, id, now), secret };
}

/** Held until the transaction ends. @throws AppError not-found (404); precondition-failed (412); conflict (409) `key.revoked`. */
// open: part of rules that have authorized
export async function lockKey(
  tx: Tx,
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

/** Changes a locked key. @returns it, and the fields that changed. @throws AppError invalid (422). */
// open: part of rules that have authorized
export async function changeKey(
  tx: Tx,
  tables: KeyTables,
  current: ApiKey,
  input: Partial<KeyValues>,
  now: Date,
): Promise<{ readonly key: ApiKey; readonly fields: readonly string[] }> {
  if (
    input.scopes !== undefined &&
    (current.kind === "app" ? input.scopes.length > 0 : input.scopes.length === 0)
  )
    throw invalidField("scopes", "not-allowed", "An API key holds rights; an app key holds none.");
  if (input.expiresAt !== undefined) refusePast(input.expiresAt, now);
  const values = {
    ...(input.name === undefined ? {} : { name: tidyName(input.name) }),
    ...(input.scopes === undefined ? {} : { scopes: [...new Set(input.scopes)] }),
    ...(input.networks === undefined ? {} : { networks: tidyNetworks(input.networks) }),
    ...(input.callsPerMinute === undefined ? {} : { callsPerMinute: input.callsPerMinute }),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
  };
  const fields = Object.entries(values)
    .filter(([field, value]) => JSON.stringify(Reflect.get(current, field)) !== JSON.stringify(value))
    .map(([field]) => field);
  if (fields.length === 0) return { key: current, fields };
  await set(tx, tables, current.id, values, now);
  return { key: await readKey(tx, tables, current.id, now), fields };
}

/** Gives a locked key a new secret; the one it had works for `overlapHours` more, an older one no longer. */
// open: part of rules that have authorized
export async function rotateSecret(
  tx: Tx,
  tables: KeyTables,
  current: ApiKey,
  overlapHours: number,
  now: Date,
): Promise<NewKey> {
  const { keys } = tables;
  const [row] = await tx.select().from(keys).where(eq(keys.id, current.id));
  if (row === undefined) throw notFound("key");
  const secret = newKeyText(row.kind, row.keyId);
  const overlaps = overlapHours > 0;
  const values = {
    secretHash: sha256(secret),
    previousHash: overlaps ? row.secretHash : null,
    previousUntil: overlaps ? new Date(now.getTime() + overlapHours * 3_600_000) : null,
    rotatedAt: now,
  };
  await set(tx, tables, current.id, values, now);
  return { key: await readKey(tx, tables, current.id, now), secret };
}

/** Ends a locked key for good. */
// open: part of rules that have authorized
export async function endKey(tx: Tx, tables: KeyTables, id: string, by: string, now: Date): Promise<ApiKey> {
  await set(
    tx,
    tables,
    id,
    { revokedAt: now, revokedByName: by, previousHash: null, previousUntil: null },
    now,
  );
  return readKey(tx, tables, id, now);
}

async function set(
  tx: Tx,
  tables: KeyTables,
  id: string,
  values: Partial<KeyTables["keys"]["$inferInsert"]>,
  now: Date,
): Promise<void> {
  const { keys } = tables;
  await tx
    .update(keys)
    .set({ ...values, updatedAt: now, version: sql`${keys.version} + 1` })
    .where(and(eq(keys.id, id), isNull(keys.revokedAt)));
}

/** Whether programs have to name themselves where nobody's token is sent. */
// open: part of rules that have authorized
export async function readKeyPolicy(db: Db, tables: KeyTables): Promise<{ readonly requireAppKey: boolean }> {
  const [row] = await db.select({ requireAppKey: tables.policy.requireAppKey }).from(tables.policy);
  return { requireAppKey: row?.requireAppKey ?? false };
}

// open: part of rules that have authorized
export async function writeKeyPolicy(
  tx: Tx,
  tables: KeyTables,
  requireAppKey: boolean,
  now: Date,
): Promise<void> {
  const { policy } = tables;
  await tx
    .insert(policy)
    .values({ id: 1, requireAppKey, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: policy.id,
      set: { requireAppKey, updatedAt: now, version: sql`${policy.version} + 1` },
    });
}
