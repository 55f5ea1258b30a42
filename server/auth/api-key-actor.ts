import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { ControlDb, HospitalDb } from "../../db/planes.ts";
import type { KeyTables } from "../../db/schema/api-keys.ts";
import type { Clock } from "../clock.ts";
import { sameSecret, sha256 } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { ClientFacts } from "../tenancy/context.ts";
import { ShortCache } from "./cache.ts";
import { type KeyKind, readKeyText } from "./key-text.ts";
import { withinNetworks } from "./networks.ts";
import type { KeyActor } from "./permissions.ts";

/** A key that works now, with what its calls are held to. */
export interface KnownKey {
  readonly actor: KeyActor;
  readonly kind: KeyKind;
  /** The part that is shown. */
  readonly keyId: string;
  readonly callsPerMinute: number | null;
  readonly isWithin: (address: string | null) => boolean;
}

/** Where keys are looked up: one hospital's database or the owner plane's. */
export interface KeyDoor {
  /** `owner` or the hospital's id. */
  readonly where: string;
  readonly db: ControlDb | HospitalDb;
  readonly clock: Clock;
  readonly client: ClientFacts;
  readonly tables: KeyTables;
  /** Whether a scope may still be held by a program here. */
  readonly isScope: (scope: string) => boolean;
  /** In the owner plane: the hospitals that a key of this maker reaches; null: every one. */
  readonly reachOf?: (makerId: string) => Promise<ReadonlySet<string> | null>;
}

/** A key found is remembered for less than half a second: what is revoked elsewhere is refused here by then. */
const known = new ShortCache<KnownKey | null>(400, 5_000);
const policies = new ShortCache<boolean>(400, 5_000);

/** Forgets every key, so that a revoked or changed one counts at the next request. */
export function forgetApiKeys(): void {
  known.clear();
  policies.clear();
}

/**
 * The key of this text; null where it is unknown, mistyped, expired, revoked or rotated away.
 * @throws AppError forbidden (403) `key.address` where it may not be used from there.
 */
// open: this is how a request learns which program asks
export async function keyOfText(door: KeyDoor, text: string, kind: KeyKind): Promise<KnownKey | null> {
  const read = readKeyText(text);
  if (read === null || read.kind !== kind) return null;
  const hash = sha256(text);
  const cacheKey = `${door.where} ${hash}`;
  let key = known.get(cacheKey);
  if (key === undefined) {
    key = await lookUp(door, read.keyId, kind, hash);
    known.set(cacheKey, key);
  }
  if (key === null) return null;
  if (!key.isWithin(door.client.address))
    throw new AppError("forbidden", "key.address", "This key may not be used from this address.");
  await noteUse(door, key);
  return key;
}

async function lookUp(door: KeyDoor, keyId: string, kind: KeyKind, hash: string): Promise<KnownKey | null> {
  const { keys } = door.tables;
  const [row] = await door.db
    .select()
    .from(keys)
    .where(and(eq(keys.keyId, keyId), eq(keys.kind, kind), isNull(keys.revokedAt)));
  const now = door.clock.now();
  if (row === undefined || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  const isCurrent = sameSecret(row.secretHash, hash);
  const isFormer =
    row.previousHash !== null &&
    row.previousUntil !== null &&
    row.previousUntil > now &&
    sameSecret(row.previousHash, hash);
  if (!isCurrent && !isFormer) return null;
  return {
    actor: {
      kind: "key",
      keyId: row.id,
      name: row.name,
      permissions: new Set(row.scopes.filter(door.isScope)),
      ...(door.reachOf === undefined || row.createdBy === null
        ? {}
        : { tenantIds: await door.reachOf(row.createdBy) }),
    },
    kind,
    keyId,
    callsPerMinute: row.callsPerMinute,
    isWithin: withinNetworks(row.networks),
  };
}

const useNotedEveryMs = 60_000;
const noted = new Map<string, number>();
const notedAtMost = 20_000;

/** At most once a minute for each key, whatever the number of app copies. */
async function noteUse(door: KeyDoor, key: KnownKey): Promise<void> {
  const now = door.clock.now();
  const cacheKey = `${door.where} ${key.keyId}`;
  const last = noted.get(cacheKey);
  if (last !== undefined && now.getTime() - last < useNotedEveryMs) return;
  if (noted.size >= notedAtMost) noted.clear();
  noted.set(cacheKey, now.getTime());
  const { uses } = door.tables;
  const seen = { lastUsedAt: now, lastUsedAddress: door.client.address };
  try {
    await door.db
      .insert(uses)
      .values({ keyId: key.keyId, ...seen })
      .onConflictDoUpdate({
        target: uses.keyId,
        set: seen,
        setWhere: lt(uses.lastUsedAt, sql`${now.toISOString()}::timestamptz - interval '59 seconds'`),
      });
  } catch {
    // On a copy that may only be read the use is not noted; the call itself goes on.
  }
}

/** Whether programs have to name themselves here by an app key where nobody's token is sent. */
// open: this is how a request learns what is asked of it
export async function needsAppKey(door: KeyDoor): Promise<boolean> {
  const remembered = policies.get(door.where);
  if (remembered !== undefined) return remembered;
  const { policy } = door.tables;
  const [row] = await door.db.select({ needed: policy.requireAppKey }).from(policy);
  const needed = row?.needed ?? false;
  policies.set(door.where, needed);
  return needed;
}
