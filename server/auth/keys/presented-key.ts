import { and, eq, isNull } from "drizzle-orm";
import { sameSecret, sha256 } from "../../crypto.ts";
import { AppError } from "../../errors.ts";
import { ShortCache } from "../cache.ts";
import type { KeyActor } from "../permissions.ts";
import type { KeyDoor } from "./key-door.ts";
import { forgetKeyPolicies } from "./key-policy.ts";
import { type KeyKind, readKeyText } from "./key-text.ts";
import { noteUse } from "./key-use.ts";
import { withinNetworks } from "./networks.ts";

/** A key that works now, with what its calls are held to. */
export interface KnownKey {
  readonly actor: KeyActor;
  readonly kind: KeyKind;
  /** The part that is shown. */
  readonly keyId: string;
  readonly callsPerMinute: number | null;
  readonly isWithin: (address: string | null) => boolean;
}

/** A key found is remembered for less than half a second: what is revoked elsewhere is refused here by then. */
const known = new ShortCache<KnownKey | null>(400, 5_000);

/** Forgets every key and policy, so that a revoked or changed one counts at the next request. */
export function forgetApiKeys(): void {
  known.clear();
  forgetKeyPolicies();
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
  await noteUse(door, key.keyId);
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
