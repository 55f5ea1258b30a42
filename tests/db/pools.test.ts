import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { createConnections } from "../../db/connect.ts";
import type { HospitalDb } from "../../db/planes.ts";
import { Repeated } from "../../db/prepared.ts";
import { Scratch } from "./scratch.ts";

test("long work that still holds a pool goes on when the pool has given way to others", async () => {
  await using scratch = new Scratch();
  const [one, other] = [await scratch.database("public"), await scratch.database("public")];
  const connections = createConnections({ control: null, hospitalPools: 1 });
  scratch.onEnd(() => connections.close());
  const held = connections.hospital(one);
  await held.db.execute(sql`create table kept (n int)`);
  await connections.hospital(other).db.execute(sql`select 1`);
  expect(connections.stats().hospitalPools).toBe(1);
  await held.db.execute(sql`insert into kept values (1)`);
  await held.transaction((tx) => tx.execute(sql`insert into kept values (2)`));
  const kept: unknown = await held.db.execute(sql`select n from kept order by n`);
  expect(kept).toMatchObject([{ n: 1 }, { n: 2 }]);
});

const keptOf = (db: HospitalDb, part: string): ReturnType<HospitalDb["execute"]> =>
  db.execute(sql`select statement from pg_prepared_statements where strpos(statement, ${part}) > 0
    and strpos(statement, 'pg_prepared') = 0`);

test("what is asked again and again is prepared, in transactions too; what is asked seldom, or with many values, is not", async () => {
  await using scratch = new Scratch();
  const connections = createConnections({ control: null, perHospital: 1 });
  scratch.onEnd(() => connections.close());
  const { db, transaction } = connections.hospital(await scratch.database("public"));
  const ask = (n: number) => sql`select ${n}::int as "asked_again"`;
  for (const n of [1, 2, 3, 4]) expect(await db.execute(ask(n))).toMatchObject([{ asked_again: n }]);
  expect(await keptOf(db, "asked_again")).toEqual([]);
  for (const n of [5, 6]) expect(await db.execute(ask(n))).toMatchObject([{ asked_again: n }]);
  expect(await keptOf(db, "asked_again")).toHaveLength(1);
  for (let n = 0; n < 5; n += 1)
    await transaction((tx) => tx.execute(sql`select ${n}::int as "asked_within"`));
  expect(await keptOf(db, "asked_within")).toHaveLength(1);
  const many = sql.join(
    Array.from({ length: 41 }, (_, n) => sql`${n}::int`),
    sql`, `,
  );
  for (let times = 0; times < 6; times += 1) await db.execute(sql`select 'of_many', ${many}`);
  expect(await keptOf(db, "of_many")).toEqual([]);
});

test("of statements that come again the first four hundred are kept; others never make them fewer", () => {
  const repeated = new Repeated();
  const comes = (statement: string, times: number) =>
    Array.from({ length: times }, () => repeated.has(statement, 1)).at(-1);
  for (let n = 0; n < 400; n += 1) expect(comes(`hot ${n}`, 5)).toBe(true);
  expect(comes("one more", 9)).toBe(false);
  expect(comes("hot 0", 1)).toBe(true);
});

test("thousands of statements that come once leave the counting to those that come again", () => {
  const repeated = new Repeated();
  for (let n = 0; n < 5_000; n += 1) repeated.has(`once ${n}`, 1);
  expect(Array.from({ length: 5 }, () => repeated.has("hot", 1))).toEqual([false, false, false, false, true]);
});
