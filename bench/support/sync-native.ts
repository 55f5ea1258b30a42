import type { Place } from "../../db/planes.ts";
import { oneByOne, open, type Sql, tables, timed } from "./sync-visits.ts";

/**
 * Rows a second at which Postgres's own logical replication catches up on one-row transactions, between the same
 * two servers. The primary must run with wal_level = logical.
 */
export async function nativeCatchUp(
  primary: Sql,
  places: { readonly primary: Place; readonly copy: Place },
  count: number,
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
    await oneByOne(primary, "public.native_visits", 1, count);
    const took = await timed(async () => {
      await copy`alter subscription native enable`;
      for (;;) {
        const [row] = await copy<{ n: number }[]>`select count(*)::int as n from public.native_visits`;
        if (row?.n === count) return;
        await Bun.sleep(50);
      }
    });
    await copy`drop subscription native`;
    await primary`drop publication native`;
    return count / took;
  } finally {
    await copy.end({ timeout: 1 });
  }
}
