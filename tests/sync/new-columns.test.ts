import { afterEach, beforeEach, expect, test } from "bun:test";
import { cutMore } from "../../server/sync/fill.ts";
import { pushSync } from "../../server/sync/push.ts";
import { withSide } from "../../server/sync/sides.ts";
import { cutTick } from "../../server/sync/state.ts";
import { differences, makePair, migrateOne, type Pair } from "./support.ts";

/** A column comes, and the migration itself fills it. */
const filled = `
  alter table wards add column colour text not null default 'new';
  update wards set colour = 'filled' where name like 'w%';`;

/** The same to those who were there before. */
const filledByDefault = `
  alter table wards add column colour text not null default 'filled';
  alter table wards alter column colour set default 'new';`;

let pair: Pair;
beforeEach(async () => {
  pair = await makePair();
  await pair.primary`insert into wards (name, bed) select 'w' || i, 'b' || i from generate_series(1, 5) i`;
  await pushSync(pair.places);
});
afterEach(() => pair.close());

/** What the migration wrote and the rows that are shipped again, in one batch: it came while a push was under way. */
async function inOneBatch(): Promise<void> {
  await withSide("primary", pair.places.primary, async (session) => {
    await cutTick(session, 0);
    await cutMore(session, 5_000);
  });
}

async function arrives(): Promise<void> {
  expect((await pushSync(pair.places)).outcome).toBe("synced");
  expect(await differences(pair)).toEqual({});
  const [row] = await pair.copy`select count(*)::int as n from wards where colour = 'filled'`;
  expect(row?.["n"]).toBe(7);
}

for (const together of [false, true])
  test(`what a migration fills arrives on a copy that had the column first, ${together ? "in one batch" : "in turn"}`, async () => {
    await migrateOne(pair, "copy", "0100_colour.sql", filled);
    await pair.primary`insert into wards (name, bed) values ('w6', 'b6'), ('w7', 'b7')`;
    await pushSync(pair.places);
    await migrateOne(pair, "primary", "0100_colour.sql", filled);
    if (together) await inOneBatch();
    await arrives();
  });

test("and where rows exchanged something unique in the same batch", async () => {
  await migrateOne(pair, "copy", "0100_colour.sql", filledByDefault);
  await pair.primary`insert into wards (name, bed) values ('w6', 'b6'), ('w7', 'b7')`;
  await pushSync(pair.places);
  await pair.primary.begin(async (tx) => {
    await tx`update wards set bed = 'between' where name = 'w6'`;
    await tx`update wards set bed = 'b6' where name = 'w7'`;
    await tx`update wards set bed = 'b7' where name = 'w6'`;
  });
  await migrateOne(pair, "primary", "0100_colour.sql", filledByDefault);
  await inOneBatch();
  await arrives();
});
