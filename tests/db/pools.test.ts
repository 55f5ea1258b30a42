import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { createConnections } from "../../db/connect.ts";
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
