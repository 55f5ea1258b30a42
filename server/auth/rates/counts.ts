import { inArray, lt, sql } from "drizzle-orm";
import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { ControlDb } from "../../../db/planes.ts";
import { rateCounts } from "../../../db/schema/control/keys.ts";

/** Calls of one caller in one window, not yet told to the other copies of the app. */
export interface Counted {
  readonly key: string;
  readonly by: number;
  /** When the window ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** Where the copies of the app put their counts together. */
export interface SharedCounts {
  /** Adds, and answers what each key has come to in all. */
  add(counted: readonly Counted[]): Promise<readonly number[]>;
  close(): void;
}

/** On Redis or Valkey. A lost server costs a failed batch, never a request. */
export function redisCounts(url: string): SharedCounts {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  client.on("error", () => {});
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterFor = (seconds: number) => {
    const known = limiters.get(seconds);
    if (known !== undefined) return known;
    const keyPrefix = "{wardline}rate";
    const made = new RateLimiterRedis({ storeClient: client, keyPrefix, points: 1, duration: seconds });
    limiters.set(seconds, made);
    return made;
  };
  return {
    async add(counted) {
      if (client.status === "wait") await client.connect();
      if (client.status !== "ready") throw new Error(`Redis is ${client.status}`);
      const totals = counted.map(async ({ key, by, endsAt }) => {
        // Windows are cut by the clock, so the key names its own; it may lie there a little longer than it counts.
        const seconds = endsAt - Date.now() > 120_000 ? 86_400 : 60;
        const { consumedPoints } = await limiterFor(seconds).penalty(`${key} ${endsAt}`, by);
        return consumedPoints;
      });
      return Promise.all(totals);
    },
    close: () => client.disconnect(),
  };
}

const atOnce = 500;

/** In the control database, where there is no Redis: one statement a batch. */
// open: counts how often is called, whoever calls
export function postgresCounts(db: ControlDb): SharedCounts {
  let swept = 0;
  return {
    async add(counted) {
      const totals = new Map<string, number>();
      for (let from = 0; from < counted.length; from += atOnce) {
        const rows = counted
          .slice(from, from + atOnce)
          .map(({ key, by, endsAt }) => ({ key: `${key} ${endsAt}`, points: by, expire: new Date(endsAt) }));
        const written = await db
          .insert(rateCounts)
          .values(rows)
          .onConflictDoUpdate({
            target: rateCounts.key,
            set: { points: sql`${rateCounts.points} + excluded.points` },
          })
          .returning({ key: rateCounts.key, points: rateCounts.points });
        for (const { key, points } of written) totals.set(key, points);
      }
      if (Date.now() - swept > 60_000) {
        swept = Date.now();
        const over = db
          .select({ key: rateCounts.key })
          .from(rateCounts)
          .where(lt(rateCounts.expire, sql`now() - interval '1 minute'`))
          .limit(5_000);
        await db.delete(rateCounts).where(inArray(rateCounts.key, over));
      }
      return counted.map(({ key, by, endsAt }) => totals.get(`${key} ${endsAt}`) ?? by);
    },
    close: () => {},
  };
}
