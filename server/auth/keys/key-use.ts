import { lt, sql } from "drizzle-orm";
import type { KeyDoor } from "./key-door.ts";

const useNotedEveryMs = 60_000;
const noted = new Map<string, number>();
const notedAtMost = 20_000;

/** When and from where a key was used; at most once a minute for each, whatever the number of app copies. */
export async function noteUse(door: KeyDoor, keyId: string): Promise<void> {
  const now = door.clock.now();
  const cacheKey = `${door.where} ${keyId}`;
  const last = noted.get(cacheKey);
  if (last !== undefined && now.getTime() - last < useNotedEveryMs) return;
  if (noted.size >= notedAtMost) noted.clear();
  noted.set(cacheKey, now.getTime());
  const { uses } = door.tables;
  const seen = { lastUsedAt: now, lastUsedAddress: door.client.address };
  try {
    await door.db
      .insert(uses)
      .values({ keyId, ...seen })
      .onConflictDoUpdate({
        target: uses.keyId,
        set: seen,
        setWhere: lt(uses.lastUsedAt, sql`${now.toISOString()}::timestamptz - interval '59 seconds'`),
      });
  } catch {
    // On a copy that may only be read the use is not noted; the call itself goes on.
  }
}
