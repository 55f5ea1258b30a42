import { expect, test } from "bun:test";
import { join } from "node:path";
import { MigrationError, migrate } from "../../db/migrate.ts";
import { Scratch, until, valuesOf } from "./scratch.ts";

const tables = `CREATE TABLE "patients" ("id" uuid PRIMARY KEY, "name" text NOT NULL);
--> statement-breakpoint
CREATE TABLE "visits" ("id" uuid PRIMARY KEY, "patient_id" uuid REFERENCES "patients"("id"));`;

async function refusal(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MigrationError);
  return (error as Error).message;
}

test("an empty database gets schema, extensions, every file in order, and a record of each", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database("h_one-two");
  const folder = await scratch.folder({
    "0001_search.sql": `create index patients_name on patients using gin (name gin_trgm_ops);`,
    "0000_tables.sql": tables,
  });
  const report = await migrate(place, "hospital", { folder });
  expect(report.applied).toEqual(["0000_tables.sql", "0001_search.sql"]);
  const sql = scratch.client(place);
  expect(
    await valuesOf(sql`select extname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where nspname = 'extensions' order by 1`),
  ).toEqual([["btree_gist"], ["pg_trgm"], ["unaccent"]]);
  expect(
    await valuesOf(sql`select tablename from pg_tables where schemaname = 'h_one-two' order by 1`),
  ).toEqual([["patients"], ["schema_migration"], ["visits"]]);
  const [record] =
    await sql`select length(sha256) as digits, took_ms >= 0 as timed, applied_at from schema_migration`;
  expect(record).toMatchObject({ digits: 64, timed: true, applied_at: expect.any(Date) });
});

test("a second run applies nothing, and a new file is applied alone", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({ "0000_tables.sql": tables });
  await migrate(place, "hospital", { folder });
  expect(await migrate(place, "hospital", { folder })).toMatchObject({ applied: [], already: 1, ahead: [] });
  await Bun.write(join(folder, "0001_more.sql"), "create table wards (id uuid primary key)");
  expect(await migrate(place, "hospital", { folder })).toMatchObject({
    applied: ["0001_more.sql"],
    already: 1,
  });
});

test("eight migrators at once apply each file exactly once, a concurrent index among them", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({
    "0000_tables.sql": tables,
    "0001_name.concurrent.sql": `create index concurrently one on patients (name);
--> statement-breakpoint
create index concurrently two on visits (patient_id);`,
    "0002_marked.sql": "-- no transaction\ncreate index concurrently three on patients (lower(name));",
  });
  const reports = await Promise.all(Array.from({ length: 8 }, () => migrate(place, "hospital", { folder })));
  expect(reports.flatMap((report) => report.applied)).toHaveLength(3);
  const sql = scratch.client(place);
  expect(
    await valuesOf(
      sql`select count(*)::int from pg_index where indisvalid and indexrelid::regclass::text in ('one', 'two', 'three')`,
    ),
  ).toEqual([[3]]);
});

test("two hospitals in one database are migrated at once, each in its own schema", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database("h_one");
  const folder = await scratch.folder({ "0000_tables.sql": tables });
  const reports = await Promise.all(
    ["h_one", "h_two", "h_three"].map((schema) => migrate({ ...place, schema }, "hospital", { folder })),
  );
  expect(reports.map((report) => report.applied.length)).toEqual([1, 1, 1]);
  const sql = scratch.client(place);
  expect(
    await valuesOf(sql`select schemaname from pg_tables where tablename = 'patients' order by 1`),
  ).toEqual([["h_one"], ["h_three"], ["h_two"]]);
});

test("a file changed after it was applied is refused by name", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({ "0000_tables.sql": tables, "0001_more.sql": "select 1" });
  await migrate(place, "hospital", { folder });
  await Bun.write(join(folder, "0000_tables.sql"), `${tables}\ncreate table extra (id int);`);
  await Bun.write(join(folder, "0002_next.sql"), "create table next (id int)");
  expect(await refusal(migrate(place, "hospital", { folder }))).toContain("0000_tables.sql has changed");
  const sql = scratch.client(place);
  expect(await sql`select to_regclass('extra') as extra, to_regclass('next') as next`).toMatchObject([
    { extra: null, next: null },
  ]);
});

test("a file that sorts before one already applied is refused, not skipped", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({ "0000_tables.sql": tables, "0005_later.sql": "select 1" });
  await migrate(place, "hospital", { folder });
  await Bun.write(join(folder, "0003_between.sql"), "create table between_times (id int)");
  const message = await refusal(migrate(place, "hospital", { folder }));
  expect(message).toContain("0003_between.sql");
  expect(message).toContain("0005_later.sql");
});

test("a database that a newer version has migrated is left alone and reported; a lost file is refused", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const newer = await scratch.folder({
    "0000_tables.sql": tables,
    "0001_new.sql": "select 1",
    "0002_new.sql": "select 2",
  });
  await migrate(place, "hospital", { folder: newer });
  const older = await scratch.folder({ "0000_tables.sql": tables });
  expect(await migrate(place, "hospital", { folder: older })).toMatchObject({
    applied: [],
    already: 1,
    ahead: ["0001_new.sql", "0002_new.sql"],
  });
  const lost = await scratch.folder({ "0000_tables.sql": tables, "0002_new.sql": "select 2" });
  expect(await refusal(migrate(place, "hospital", { folder: lost }))).toContain("0001_new.sql");
});

test("a file that fails leaves nothing of itself, names its line, and runs once it is mended", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({
    "0000_tables.sql": tables,
    "0001_bad.sql": "create table half (id int);\n\nselect nowhere;\n",
  });
  expect(await refusal(migrate(place, "hospital", { folder }))).toContain(
    '0001_bad.sql, line 3, failed: column "nowhere"',
  );
  const sql = scratch.client(place);
  expect(
    await sql`select to_regclass('half') as half, (select count(*)::int from schema_migration) as recorded`,
  ).toMatchObject([{ half: null, recorded: 1 }]);
  await Bun.write(join(folder, "0001_bad.sql"), "create table half (id int);");
  expect(await migrate(place, "hospital", { folder })).toMatchObject({ applied: ["0001_bad.sql"] });
});

test("a migrator killed in the middle of a file leaves none of it, and the next run goes on", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const folder = await scratch.folder({
    "0000_tables.sql": tables,
    "0001_slow.sql": "create table half (id int); select pg_sleep(600);",
  });
  const child = Bun.spawn([
    process.execPath,
    join(import.meta.dir, "migrate-run.ts"),
    JSON.stringify(place),
    folder,
  ]);
  const watcher = scratch.client(place);
  const asleep = () => watcher`select pid from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`;
  await until(async () => (await asleep()).length === 1);
  child.kill("SIGKILL");
  await child.exited;
  // The server notices a dead client only when its statement ends, so that is ended here.
  await watcher`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`;
  await Bun.write(join(folder, "0001_slow.sql"), "create table half (id int);");
  expect(await migrate(place, "hospital", { folder })).toMatchObject({
    applied: ["0001_slow.sql"],
    already: 1,
  });
});

test("an extension that lies elsewhere is named with the statement that moves it", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  await scratch.client(place)`create extension pg_trgm schema public`;
  const folder = await scratch.folder({ "0000_tables.sql": tables });
  expect(await refusal(migrate(place, "hospital", { folder }))).toContain(
    "ALTER EXTENSION pg_trgm SET SCHEMA extensions",
  );
});

test("two files with one number, and a name out of form, are refused before anything runs", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const twice = await scratch.folder({ "0001_one.sql": "select 1", "0001_two.sql": "select 1" });
  await expect(migrate(place, "hospital", { folder: twice })).rejects.toThrow(
    "0001_one.sql and 0001_two.sql",
  );
  const odd = await scratch.folder({ "first.sql": "select 1" });
  await expect(migrate(place, "hospital", { folder: odd })).rejects.toThrow("first.sql");
});
