import { afterAll, beforeAll, expect, test } from "bun:test";
import { pushSync } from "../../server/sync/push.ts";
import { reseed } from "../../server/sync/reseed.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { differences, makePair, migrateOne, type Pair } from "./support.ts";

const plain = `
  create table readings (id uuid primary key default gen_random_uuid(), at timestamptz not null, value int not null);
  insert into readings (at, value) select '2026-01-01Z'::timestamptz + i * interval '1 hour', i from generate_series(1, 1000) i;`;
const parted = `
  alter table readings rename to readings_before;
  create table readings (id uuid not null default gen_random_uuid(), at timestamptz not null, value int not null,
    primary key (at, id)) partition by range (at);
  create table readings_2026_01 partition of readings for values from ('2026-01-01Z') to ('2026-02-01Z');
  create table readings_2026_02 partition of readings for values from ('2026-02-01Z') to ('2026-03-01Z');
  insert into readings select id, at, value from readings_before;
  drop table readings_before;`;

let pair: Pair;
beforeAll(async () => {
  pair = await makePair();
  for (const side of ["primary", "copy"] as const) await migrateOne(pair, side, "0101_readings.sql", plain);
  await pair.copy`truncate sync_log_0`;
  await pushSync(pair.places);
});
afterAll(() => pair.close());

async function arrivesEqual(): Promise<void> {
  expect((await pushSync(pair.places)).outcome).toBe("synced");
  expect(await differences(pair)).toEqual({});
}

test("a table that a migration divides into months goes on being synced, by all its operations", async () => {
  await migrateOne(pair, "copy", "0102_parted.sql", parted);
  await migrateOne(pair, "primary", "0102_parted.sql", parted);
  const { primary } = pair;
  await arrivesEqual();
  await primary`insert into readings (at, value) values ('2026-01-15Z', -1), ('2026-02-15Z', -2)`;
  await primary`update readings set value = value + 1 where value % 10 = 0`;
  // From one month into another: the row moves, and its key changes.
  await primary`update readings set at = at + interval '20 days' where at < '2026-01-10Z'`;
  await primary`delete from readings where value % 7 = 0`;
  // A statement that names the month itself.
  await primary`insert into readings_2026_01 (at, value) values ('2026-01-20Z', 5000)`;
  await primary`update readings_2026_02 set value = -5 where value = -2`;
  await primary`delete from readings_2026_02 where value = -5`;
  await arrivesEqual();
  expect(await pair.copy`select from readings where value = 5000`).toHaveLength(1);
  expect(primary`truncate readings_2026_01`.execute()).rejects.toThrow("instead of truncating");
});

test("one key is one key, whatever the session's time zone and style of dates", async () => {
  const { primary } = pair;
  await primary.begin(async (tx) => {
    await tx`insert into readings values ('00000000-0000-7000-8000-000000000001', '2026-01-02 03:04:05.678901Z', 1)`;
    await tx`set local timezone = 'Asia/Karachi'`;
    await tx`set local datestyle = 'German'`;
    await tx`update readings set value = 2 where id = '00000000-0000-7000-8000-000000000001'`;
    await tx`delete from readings where id = '00000000-0000-7000-8000-000000000001'`;
  });
  await arrivesEqual();
});

test("a month that the copy lacks is made there when its first rows arrive", async () => {
  const { primary, copy } = pair;
  await primary`create table readings_2026_03 partition of readings for values from ('2026-03-01Z') to ('2026-04-01Z')`;
  await primary`create table readings_late partition of readings for values from ('2026-12-01Z') to (maxvalue)`;
  await primary`create table readings_rest partition of readings default`;
  await primary`insert into readings (at, value) values ('2026-03-03Z', 33), ('2030-01-01Z', 34), ('1999-01-01Z', 35)`;
  await arrivesEqual();
  const bounds = (sql: typeof copy) => sql<{ bound: string }[]>`
    select relname || ' ' || pg_get_expr(relpartbound, oid) as bound from pg_class
    where relname like 'readings\_%' and relispartition and relkind = 'r' order by 1`;
  expect((await bounds(copy)).map((row) => row.bound)).toEqual(
    (await bounds(primary)).map((row) => row.bound),
  );
});

test("rows that lie in the rest until their month is made stay where they are on both sides", async () => {
  const { primary, copy } = pair;
  await primary`insert into readings (at, value) values ('2026-05-05Z', 55), ('2026-06-06Z', 66)`;
  await primary`select sync_install_capture()`;
  await arrivesEqual();
  await primary.unsafe(`
    create table readings_2026_05 (like readings including defaults);
    with moved as (delete from readings_rest where at >= '2026-05-01Z' and at < '2026-06-01Z' returning *)
      insert into readings_2026_05 select * from moved;
    alter table readings attach partition readings_2026_05 for values from ('2026-05-01Z') to ('2026-06-01Z')`);
  await primary`insert into readings (at, value) values ('2026-05-06Z', 56)`;
  await arrivesEqual();
  expect(await copy`select from readings_2026_05`).toHaveLength(2);
  expect(await copy`select from readings_rest where value = 66`).toHaveLength(1);
});

test("a proof sums all months, and its repair reaches a row in each", async () => {
  await pair.copy`update readings set value = -99 where at in ('2026-03-03Z', '2030-01-01Z')`;
  await pair.copy`delete from readings where at = '1999-01-01Z'`;
  const report = await verifySync(pair.places);
  expect(report.equal).toBe(true);
  expect(report.repaired).toEqual([{ table: "readings", whole: false, missing: 1, extra: 0, different: 2 }]);
  expect(await differences(pair)).toEqual({});
});

test("a divided table is filled whole", async () => {
  await pair.copy`delete from readings where value % 2 = 0`;
  await pair.copy`insert into readings (at, value) values ('2026-01-01Z', 123456)`;
  expect((await reseed(pair.places)).outcome).toBe("synced");
  expect(await differences(pair)).toEqual({});
});
