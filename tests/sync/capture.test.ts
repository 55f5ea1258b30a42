import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openClient } from "../../db/connect.ts";
import { dropDatabase } from "../../db/databases.ts";
import { createHospitalDatabase } from "../../db/templates.ts";
import { pushSync } from "../../server/sync/push.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { testCluster } from "../support/database.ts";
import { differences, makePair, migrateOne, type Pair } from "./support.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await makePair();
  await pushSync(pair.places);
});
afterAll(() => pair.close());

async function arrivesEqual(): Promise<void> {
  expect((await pushSync(pair.places)).outcome).toBe("synced");
  expect(await differences(pair)).toEqual({});
}

describe("what is captured", () => {
  test("no table of a hospital lacks capture, but for those that stay on their node", async () => {
    const { local } = await testCluster();
    const name = `sync_${process.pid}_whole`;
    await createHospitalDatabase(local, name);
    const sql = openClient({ ...local, database: name, schema: "hospital" }, { max: 1 });
    try {
      const missing = await sql`
        select relname from pg_class c where relnamespace = 'hospital'::regnamespace and relkind in ('r', 'p')
          and relname not like 'sync\\_%' and relname <> 'schema_migration' and relname <> all (sync_local_tables())
          and (select count(*) from pg_trigger where tgrelid = c.oid and tgenabled = 'O'
                and tgname in ('sync_insert', 'sync_update', 'sync_delete', 'sync_truncate', 'sync_rekey'))
            -- Rows leave a default partition for the one that is made for them.
            <> case when pg_get_expr(relpartbound, oid) = 'DEFAULT' then 4 else 5 end`;
      expect(missing.map((row) => row["relname"])).toEqual([]);
      const [count] = await sql<{ n: number }[]>`select count(*)::int as n from sync_tables()`;
      expect(count?.n).toBeGreaterThan(3);
    } finally {
      await sql.end();
      await dropDatabase(local, name);
    }
  });

  test("every kind of value arrives as it was", async () => {
    const { primary } = pair;
    await primary`insert into wards (name, bed) values ('Émergency "A"', 'b1'), (E'tab\\tline\\nback\\\\', null), ('', 'b2')`;
    await primary`
      insert into stays (ward_id, amount, seen_at, days, facts, note, raw, born_on, ratio, took)
      select id, 1.50, '2026-03-01 10:00:00.123456+05', '{{1,2},{3,null}}', '{"a": 1.0, "b": [null, "\\u0041"]}', E'\\\\N', '\\x00ff',
        '0044-03-15 BC', 0.1::float8 / 3, '1 mon -2 days 03:00:00.5' from wards`;
    await primary`insert into stays (ward_id, amount, seen_at, ratio) select id, 'NaN', 'infinity', '-Infinity' from wards limit 1`;
    await primary`insert into rosters select id, 1, 'Nurse' from wards`;
    await primary`insert into counters (n) values (1), (2)`;
    await arrivesEqual();
  });

  test("changed keys, composite keys, cascades and deletions arrive", async () => {
    const { primary } = pair;
    await primary`update wards set id = gen_random_uuid() where name = '' and not exists (select from stays where ward_id = wards.id and note is null)`.catch(
      () => null,
    );
    await primary`insert into rosters values ('00000000-0000-7000-8000-000000000001', 1, 'a'), ('00000000-0000-7000-8000-000000000001', 2, 'b')`;
    await arrivesEqual();
    // All keys of the table move on by one place in one statement.
    await primary`update rosters set "week day" = "week day" + 10, who = who || '!'`;
    await primary`delete from wards where name like 'tab%'`;
    await primary`update counters set n = n + 1`;
    await arrivesEqual();
  });

  test("two rows that exchange something unique arrive", async () => {
    const { primary } = pair;
    await primary`insert into wards (name, bed) values ('one', 'x'), ('two', 'y')`;
    await primary`insert into bookings values (1, 1, '[2026-01-01, 2026-01-02)'), (2, 2, '[2026-01-01, 2026-01-02)')`;
    await arrivesEqual();
    await primary.begin(async (tx) => {
      await tx`update wards set bed = 'z' where name = 'one'`;
      await tx`update wards set bed = 'x' where name = 'two'`;
      await tx`update wards set bed = 'y' where name = 'one'`;
      await tx`update bookings set room = 3 where id = 1`;
      await tx`update bookings set room = 1 where id = 2`;
      await tx`update bookings set room = 2 where id = 1`;
    });
    await arrivesEqual();
    const [one] = await pair.copy<{ bed: string }[]>`select bed from wards where name = 'one'`;
    expect(one?.bed).toBe("y");
  });

  test("what a trigger changes after the statement arrives last", async () => {
    const { primary } = pair;
    await primary.unsafe(`
      create function after_row() returns trigger language plpgsql as
        $f$ begin update counters set n = 1000 where id = new.id and n <> 1000; return null; end $f$;
      create trigger after_row after insert or update on counters for each row execute function after_row()`);
    await primary`insert into counters (n) values (7)`;
    await primary`update counters set n = 8`;
    await primary.unsafe("drop trigger after_row on counters; drop function after_row()");
    await arrivesEqual();
    expect((await pair.copy`select distinct n from counters`).map((row) => row["n"])).toEqual([1000]);
  });

  test("a transaction that rolls back, whole or to a savepoint, leaves no trace", async () => {
    const { primary } = pair;
    await primary
      .begin(async (tx) => {
        await tx`insert into wards (name) values ('never')`;
        throw new Error("rolled back");
      })
      .catch(() => null);
    await primary.begin(async (tx) => {
      await tx`insert into wards (name) values ('kept')`;
      await tx
        .savepoint((inner) =>
          inner`insert into wards (name) values ('never')`.then(() => Promise.reject(new Error("no"))),
        )
        .catch(() => null);
    });
    await arrivesEqual();
    expect(await pair.copy`select name from wards where name in ('never', 'kept')`).toHaveLength(1);
  });

  test("images of rows and images that name each column arrive together, and from sessions that write days otherwise", async () => {
    const { primary, copy } = pair;
    await primary.begin(async (tx) => {
      await tx`set local datestyle = 'German'`;
      await tx`set local timezone = 'Asia/Kolkata'`;
      await tx`insert into wards (name) values ('by day'), ('say "no", (or) \\yes')`;
      await tx`insert into stays (ward_id, seen_at, born_on) select id, '03.04.2026 05:06:07.123456', '05.03.0044 BC' from wards where name = 'by day'`;
    });
    await primary.begin(async (tx) => {
      await tx`set local timezone = 'Asia/Kolkata'`;
      await tx`insert into stays (ward_id, seen_at, days, note) select id, '2026-03-04 05:06:07+05:30', '{}', '' from wards where name = 'by day'`;
      await tx`update wards set bed = '(,"' where name like 'say%'`;
    });
    const kinds = await primary<{ row: boolean }[]>`
      select distinct sync_is_row(img) as row from sync_log where op in ('I', 'U') order by 1`;
    expect(kinds.map(({ row }) => row)).toEqual([false, true]);
    await arrivesEqual();
    expect(await copy`select bed from wards where name like 'say%'`).toEqual([{ bed: '(,"' }] as never);
  });

  test("truncating a synced table is refused; sessions stay on their node", async () => {
    expect(pair.primary`truncate counters`.execute()).rejects.toThrow("instead of truncating");
    await pair.primary`insert into sessions values (gen_random_uuid())`;
    await pushSync(pair.places);
    expect(await pair.copy`select * from sessions`).toHaveLength(0);
  });
});

describe("a schema that changes", () => {
  test("a new table syncs by being created; until the copy has it, the tick waits and says why", async () => {
    const ddl =
      "create table beds (id uuid primary key default gen_random_uuid(), label text not null); insert into beds (label) values ('from the migration')";
    await migrateOne(pair, "primary", "0101_beds.sql", ddl);
    await pair.primary`insert into beds (label) values ('after')`;
    const parked = await pushSync(pair.places);
    expect(parked.outcome).toBe("parked");
    expect(parked.parked?.code).toBe("schema-ahead");
    expect(parked.lagRows).toBeGreaterThan(0);
    await migrateOne(pair, "copy", "0101_beds.sql", ddl);
    await arrivesEqual();
    expect(await pair.copy`select * from beds`).toHaveLength(2);
  });

  test("a column added and filled by a migration arrives; one only the copy has is left alone", async () => {
    const ddl =
      "alter table beds add column made_at timestamptz not null default clock_timestamp(); update beds set label = label || '+'";
    await migrateOne(pair, "copy", "0102_made.sql", ddl);
    await pair.copy`update beds set made_at = '2000-01-01'`;
    await pair.primary`update beds set label = 'changed'`;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    expect(
      (await pair.copy`select distinct made_at::date::text as on, label from beds`).map((row) => ({
        ...row,
      })),
    ).toEqual([{ on: "2000-01-01", label: "changed" }]);
    await migrateOne(pair, "primary", "0102_made.sql", ddl);
    await arrivesEqual();
    expect((await verifySync(pair.places)).equal).toBe(true);
  });

  test("a column dropped on the copy first does not hold the tick up", async () => {
    await migrateOne(pair, "copy", "0103_drop.sql", "alter table beds drop column made_at");
    await pair.primary`update beds set label = 'no longer made'`;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await migrateOne(pair, "primary", "0103_drop.sql", "alter table beds drop column made_at");
    await arrivesEqual();
  });

  test("a migration that puts one column in another's place and fills it arrives, whoever writes meanwhile", async () => {
    const ddl = `alter table beds add column floor text not null default 'ground';
      update beds set floor = 'first' where label <> 'after';
      alter table beds drop column label, add column label text not null default 'new';
      update beds set label = floor || ' bed'`;
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        const label = `bed ${n}`;
        await pair.primary`insert into beds (label) values (${label})`;
        await pair.primary`update beds set label = label || '.' where label = ${label}`;
      }
    })();
    await Bun.sleep(30);
    await migrateOne(pair, "primary", "0104_floors.sql", ddl);
    await Bun.sleep(30);
    writing = false;
    await writer;
    expect((await pushSync(pair.places)).parked?.code).toBe("schema-ahead");
    await migrateOne(pair, "copy", "0104_floors.sql", ddl);
    await arrivesEqual();
    expect((await verifySync(pair.places)).equal).toBe(true);
  });

  test("a column added by hand does no harm: what is written meanwhile arrives, and the column with the next migration", async () => {
    await pair.primary`alter table beds add column spare text not null default 'by hand'`;
    await pair.primary`insert into beds (label, floor) values ('spare', 'second')`;
    await pair.primary`update beds set label = label || '!' where floor = 'second'`;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    expect(await pair.copy`select label from beds where floor = 'second'`).toEqual([
      { label: "spare!" },
    ] as never);
    const ddl = "alter table beds add column if not exists spare text not null default 'by hand'";
    for (const side of ["copy", "primary"] as const) await migrateOne(pair, side, "0105_spare.sql", ddl);
    await arrivesEqual();
  });

  test("the copy reads a batch by the columns it has, though a migration is at its table just then", async () => {
    await pair.primary`insert into beds (label, floor) values ('read in the middle', 'second')`;
    const ddl = "alter table beds add column if not exists hoist text not null default 'none'";
    let pushed: ReturnType<typeof pushSync> | null = null;
    await pair.copy.begin(async (tx) => {
      await tx.unsafe(ddl);
      pushed = pushSync(pair.places);
      for (let waiting = 0; waiting === 0; await Bun.sleep(5)) {
        const found = await tx`select from pg_locks where relation = 'beds'::regclass and not granted`;
        waiting = found.length;
      }
    });
    expect(await (pushed as ReturnType<typeof pushSync> | null)).toMatchObject({
      outcome: "synced",
      rows: 1,
    });
    for (const side of ["copy", "primary"] as const) await migrateOne(pair, side, "0106_hoist.sql", ddl);
    await arrivesEqual();
  });

  test("a copy from before images were rows is told apart before anything is sent", async () => {
    await pair.copy`alter function sync_is_row rename to sync_was_row`;
    await pair.primary`insert into beds (label, floor) values ('for later', 'fourth')`;
    expect(await pushSync(pair.places)).toMatchObject({
      ...{ outcome: "parked", batches: 0 },
      parked: { code: "schema-ahead", reason: expect.stringContaining("must be migrated first") },
    });
    await pair.copy`alter function sync_was_row rename to sync_is_row`;
    await arrivesEqual();
  });

  test("a column dropped by hand makes its rows unreadable: all is sent again, by itself", async () => {
    await pair.primary`alter table beds drop column spare`;
    await pair.primary`insert into beds (label, floor) values ('without a spare', 'third')`;
    const parked = await pushSync(pair.places);
    expect(parked.parked).toEqual({
      code: "unreadable",
      reason: "Rows of table beds cannot be read as the columns that they were written with.",
    });
    await pair.copy`alter table beds drop column spare`;
    await arrivesEqual();
    await pair.primary`insert into beds (label, floor) values ('after it', 'third')`;
    await arrivesEqual();
    expect(await pair.copy`select label from beds where floor = 'third'`).toHaveLength(2);
  });

  test("a column dropped here first, by a migration that writes, waits for the copy's migration", async () => {
    const add = "alter table beds add column lamp text not null default 'on'";
    for (const side of ["copy", "primary"] as const) await migrateOne(pair, side, "0107_lamp.sql", add);
    await arrivesEqual();
    const drop = "alter table beds drop column lamp; update beds set label = label || ' dark'";
    await migrateOne(pair, "primary", "0108_no_lamp.sql", drop);
    expect(await pushSync(pair.places)).toMatchObject({
      ...{ outcome: "parked", batches: 0 },
      parked: { code: "schema-ahead", reason: expect.stringContaining("Table beds here does not take") },
    });
    await migrateOne(pair, "copy", "0108_no_lamp.sql", drop);
    await arrivesEqual();
  });

  test("so does what a rule forbids there that was loosened here", async () => {
    const strict = "alter table beds add constraint label_short check (length(label) < 60)";
    for (const side of ["copy", "primary"] as const) await migrateOne(pair, side, "0109_short.sql", strict);
    const loosen = "alter table beds drop constraint label_short";
    await migrateOne(pair, "primary", "0110_short_no_more.sql", loosen);
    await pair.primary`insert into beds (label) values (${"long ".repeat(20)})`;
    const parked = await pushSync(pair.places);
    expect(parked.parked?.code).toBe("schema-ahead");
    expect(parked.parked?.reason).toContain("(label_short)");
    await migrateOne(pair, "copy", "0110_short_no_more.sql", loosen);
    await arrivesEqual();
  });

  test("a table without a key is refused when it is migrated, and nothing remains of its migration", async () => {
    expect(migrateOne(pair, "primary", "0111_no_key.sql", "create table loose (a int)")).rejects.toThrow(
      "no primary key",
    );
    expect(await pair.primary`select to_regclass('loose') as there`).toEqual([{ there: null }] as never);
  });
});
