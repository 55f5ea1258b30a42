import type { Place } from "../../db/planes.ts";
import { type Changes, made, oneByOne, open, type Sql, tables, timed } from "./sync-visits.ts";

/**
 * Changes a second at which Postgres's own logical replication catches up on one-row transactions, between the same
 * two servers. The primary must run with wal_level = logical.
 */
export async function nativeCatchUp(
  primary: Sql,
  places: { readonly primary: Place; readonly copy: Place },
  visits: number,
  changes: Changes,
): Promise<number> {
  const copy = open(places.copy, 1);
  const ddl = tables.replaceAll("visits", "public.native_visits");
  try {
    for (const sql of [primary, copy]) await sql.unsafe(ddl);
    await primary`create publication native for table public.native_visits`;
    const { host, port, user, password, database } = places.primary;
    await copy.unsafe(
      `create subscription native connection 'host=${host} port=${port} user=${user} password=${password} dbname=${database}' publication native with (copy_data = false)`,
    );
    await copy`alter subscription native disable`;
    await oneByOne(primary, "public.native_visits", 1, visits, changes);
    // It applies in the order of commits: when the last one is there, all are.
    const last = visits + 1;
    await primary.unsafe(made("public.native_visits", last, last));
    const took = await timed(async () => {
      await copy`alter subscription native enable`;
      for (;;) {
        const there = await copy.unsafe(`select from public.native_visits where id = md5('v${last}')::uuid`);
        if (there.length > 0) break;
        await Bun.sleep(20);
      }
    });
    const [arrived] = await copy<{ n: number; version: number }[]>`
      select count(*)::int as n, min(version) as version from public.native_visits where id <> md5(${`v${last}`})::uuid`;
    if (arrived?.n !== visits || arrived.version !== changes + 1)
      throw new Error("Native replication said that it had caught up, and had not.");
    return (visits * (changes + 1)) / took;
  } finally {
    await copy`drop subscription if exists native`;
    await primary`drop publication if exists native`;
    for (const sql of [primary, copy]) await sql`drop table if exists public.native_visits`;
    await copy.end({ timeout: 1 });
  }
}
