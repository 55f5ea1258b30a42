import { and, eq, isNull, sql } from "drizzle-orm";
import type { KeyTables } from "../../../db/schema/api-keys.ts";
import { sha256 } from "../../crypto.ts";
import { invalidField, notFound } from "../../errors.ts";
import type { PlaneTx } from "../plane.ts";
import { type KeyValues, refusePast, tidyName, tidyNetworks } from "./key-fields.ts";
import { type ApiKey, readKey } from "./key-rows.ts";
import { type KeyKind, newKeyId, newKeyText } from "./key-text.ts";

/** A key just made or rotated, with the one sight of its secret. */
export interface NewKey {
  readonly key: ApiKey;
  readonly secret: string;
}

/** The longest that an old secret works beside the new one. */
export const longestOverlapHours = 7 * 24;

/** Makes a key. @throws AppError invalid (422). */
// open: part of rules that have authorized
export async function insertKey(
  tx: PlaneTx,
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

/** Changes a locked key. @returns it, and the fields that changed. @throws AppError invalid (422). */
// open: part of rules that have authorized
export async function changeKey(
  tx: PlaneTx,
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
  tx: PlaneTx,
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
export async function endKey(
  tx: PlaneTx,
  tables: KeyTables,
  id: string,
  by: string,
  now: Date,
): Promise<ApiKey> {
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
  tx: PlaneTx,
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
