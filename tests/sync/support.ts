import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClient } from "../../db/connect.ts";
import { dropDatabase, ensureDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import { folderOf } from "../../db/migrate-files.ts";
import type { Place } from "../../db/planes.ts";
import type { SyncPlaces } from "../../server/sync/report.ts";
import { testCluster } from "../support/database.ts";

/** Tables that hold what is awkward to copy: composite keys, swaps, generated columns, cascades, precise types. */
const tables = `
create table wards (id uuid primary key default gen_random_uuid(), name text not null, bed text unique,
  name_lower text generated always as (lower(name)) stored);
create table stays (id uuid primary key default gen_random_uuid(), ward_id uuid not null references wards on delete cascade,
  amount numeric, seen_at timestamptz, days int[], facts jsonb, note text, raw bytea, born_on date, ratio float8, took interval);
create table rosters (ward_id uuid not null, "week day" int not null, who text, primary key (ward_id, "week day"));
create table counters (id bigint generated always as identity primary key, n int not null default 0);
create table bookings (id int primary key, room int not null, at tsrange not null,
  exclude using gist (room with =, at with &&));
create table sessions (id uuid primary key);
`;

/** The engine's own migrations; a pair's other tables are its own. */
export const syncMigrations = [
  "0003_sync.sql",
  "0010_node.sql",
  "0011_sync_engine.sql",
  "0014_sync_rates.sql",
  "0018_sync_rows.sql",
  "0019_sync_newest_columns.sql",
  "0020_sync_stricter_copy.sql",
] as const;

export interface Pair {
  readonly places: SyncPlaces & { readonly copy: Place };
  readonly primary: ReturnType<typeof openClient>;
  readonly copy: ReturnType<typeof openClient>;
  readonly folder: string;
  close(): Promise<void>;
}

let made = 0;

/** Two migrated databases of their own, the second meant as the online copy of the first. */
export async function makePair(
  options: {
    readonly schema?: string;
    readonly max?: number;
    readonly migrations?: readonly (typeof syncMigrations)[number][];
  } = {},
): Promise<Pair> {
  const cluster = await testCluster();
  const folder = await mkdtemp(join(tmpdir(), "wardline-sync-"));
  await mkdir(folder, { recursive: true });
  await Bun.write(join(folder, "0000_tables.sql"), tables);
  for (const file of options.migrations ?? syncMigrations)
    await cp(join(folderOf("hospital"), file), join(folder, file));
  made += 1;
  const name = `sync_${process.pid}_${made}`;
  const schema = options.schema ?? "hospital";
  const place = (server: Place, suffix: string): Place => ({
    ...server,
    database: `${name}_${suffix}`,
    schema,
  });
  const places = { primary: place(cluster.local, "p"), copy: place(cluster.online, "c") };
  for (const [server, at] of [
    [cluster.local, places.primary],
    [cluster.online, places.copy],
  ] as const) {
    await ensureDatabase(server, at.database);
    await migrate(at, "hospital", { folder });
  }
  const primary = openClient(places.primary, { max: options.max ?? 10 });
  const copy = openClient(places.copy, { max: 3 });
  return {
    places,
    primary,
    copy,
    folder,
    async close() {
      await Promise.all([primary.end({ timeout: 1 }), copy.end({ timeout: 1 })]);
      await Promise.all([
        dropDatabase(cluster.local, places.primary.database),
        dropDatabase(cluster.online, places.copy.database),
      ]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Adds a migration to the pair's folder and runs it on one side. */
export async function migrateOne(
  pair: Pair,
  side: "primary" | "copy",
  name: string,
  sql: string,
): Promise<void> {
  await Bun.write(join(pair.folder, name), sql);
  await migrate(pair.places[side], "hospital", { folder: pair.folder });
}

/** Every row of every table of one side, as text, apart from the engine's own and what stays on its node. */
export async function contents(sql: Pair["primary"]): Promise<Record<string, readonly string[]>> {
  const names = await sql<{ name: string }[]>`select table_name as name from sync_tables()`;
  const all: Record<string, readonly string[]> = {};
  for (const { name } of names) {
    const rows = await sql<{ row: string }[]>`select t::text as row from ${sql(name)} t order by 1`;
    all[name] = rows.map(({ row }) => row);
  }
  return all;
}

/** The tables whose rows are not the same on both sides, with a few of the rows; empty when all are equal. */
export async function differences(pair: Pair): Promise<Record<string, unknown>> {
  const [ours, theirs] = await Promise.all([contents(pair.primary), contents(pair.copy)]);
  const different: Record<string, unknown> = {};
  for (const [table, rows] of Object.entries(ours)) {
    const others = new Set(theirs[table] ?? []);
    const own = new Set(rows);
    const missing = rows.filter((row) => !others.has(row));
    const extra = [...others].filter((row) => !own.has(row));
    if (missing.length + extra.length === 0 && rows.length === others.size) continue;
    different[table] = {
      missing: missing.length,
      extra: extra.length,
      such: [...missing.slice(0, 2), ...extra.slice(0, 2)],
    };
  }
  return different;
}
