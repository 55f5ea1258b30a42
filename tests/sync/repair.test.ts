import { afterAll, beforeAll, expect, test } from "bun:test";
import { pushSync } from "../../server/sync/push.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { differences, makePair, type Pair } from "./support.ts";
import { writeConcurrently } from "./writers.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await makePair();
  await pair.primary`insert into wards (name, bed) select 'w' || i, 'b' || i from generate_series(1, 3000) i`;
  await pair.primary`insert into rosters select id, 1, 'Nurse' from wards`;
  await pair.primary`insert into counters (n) select i from generate_series(1, 8000) i`;
  await pushSync(pair.places);
});
afterAll(() => pair.close());

test("a proof that finds rows changed, lost and added on the copy names them, sends them again and proves equal", async () => {
  const { copy, primary } = pair;
  const [forged] = await copy<{ id: string }[]>`
    update wards set name = 'forged', bed = 'forged' where id = (select id from wards limit 1) returning id`;
  await copy`delete from counters where id in (7, 4711)`;
  await copy`insert into rosters values ('00000000-0000-7000-8000-000000000001', 3, 'nobody')`;
  const before = await primary`select count(*)::int as n from sync_log`;
  const report = await verifySync(pair.places);
  expect(report).toMatchObject({ outcome: "verified", equal: true });
  expect(report.repaired).toEqual([
    { table: "counters", whole: false, missing: 2, extra: 0, different: 0 },
    { table: "rosters", whole: false, missing: 0, extra: 1, different: 0 },
    { table: "wards", whole: false, missing: 0, extra: 0, different: 1 },
  ]);
  // Only what differed was sent again.
  const after = await primary`select count(*)::int as n from sync_log`;
  expect(after[0]?.["n"] - before[0]?.["n"]).toBe(4);
  const kept = await primary<{ t: string; pk: string; found: string }[]>`
    select table_name as t, pk, found from sync_repair order by id`;
  expect(kept.map((row) => ({ ...row }))).toEqual([
    ...["4711", "7"].map((pk) => ({ t: "counters", pk, found: "missing" })).sort((a, b) => order(kept, a, b)),
    { t: "rosters", pk: '["00000000-0000-7000-8000-000000000001", 3]', found: "extra" },
    { t: "wards", pk: forged?.id ?? "", found: "different" },
  ]);
  expect(await differences(pair)).toEqual({});
  expect((await verifySync(pair.places)).repaired ?? []).toEqual([]);
});

const order = (kept: readonly { pk: string }[], a: { pk: string }, b: { pk: string }) =>
  kept.findIndex((row) => row.pk === a.pk) - kept.findIndex((row) => row.pk === b.pk);

test("a table of which more differs than is worth naming is shipped whole", async () => {
  await pair.copy`delete from counters`;
  const report = await verifySync(pair.places);
  expect(report).toMatchObject({ outcome: "verified", equal: true });
  expect(report.repaired).toEqual([{ table: "counters", whole: true, missing: 0, extra: 0, different: 0 }]);
  expect(await differences(pair)).toEqual({});
});

test("rows repaired while the hospital changes them end as the hospital has them", async () => {
  let writing = true;
  const writers = writeConcurrently(pair.primary, 4, 2_000).finally(() => {
    writing = false;
  });
  let repaired = 0;
  while (writing) {
    await pair.copy`update rosters set who = 'forged' where "week day" = 1 and ward_id::text like '0000%5'`;
    await pair.copy`delete from counters where id % 1000 = 1`;
    const report = await verifySync(pair.places);
    repaired += report.repaired?.length ?? 0;
  }
  await writers;
  await verifySync(pair.places);
  expect(repaired).toBeGreaterThan(0);
  expect(await differences(pair)).toEqual({});
}, 120_000);
