import { expect, test } from "bun:test";
import { join } from "node:path";
import { folderOf } from "../../db/migrate-files.ts";
import { pushSync } from "../../server/sync/push.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { differences, makePair, migrateOne, syncMigrations } from "./support.ts";

test("what was written before images were rows, and while one side knew them, arrives", async () => {
  const rows = "0018_sync_rows.sql";
  const pair = await makePair({ migrations: syncMigrations.filter((file) => file < rows) });
  const update = async (side: "primary" | "copy") => {
    for (const file of syncMigrations.filter((file) => file >= rows))
      await migrateOne(pair, side, file, await Bun.file(join(folderOf("hospital"), file)).text());
  };
  const write = async (name: string) => {
    await pair.primary`insert into wards (name, bed) values (${name}, ${`bed of ${name}`})`;
    await pair.primary`update wards set bed = bed || '.' where name = ${name}`;
    await pair.primary`insert into stays (ward_id, amount, seen_at) select id, 1.50, now() from wards where name = ${name}`;
  };
  try {
    await write("filled");
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await write("sent by one that knows objects to one that does");
    expect((await pushSync(pair.places)).outcome).toBe("synced");

    await update("copy");
    await write("sent to one that knows rows");
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    expect(await differences(pair)).toEqual({});

    await write("waiting in the log as the log changes");
    await update("primary");
    await write("a row");
    await pair.primary`delete from wards where name = 'filled'`;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    expect(await differences(pair)).toEqual({});
    expect((await verifySync(pair.places)).equal).toBe(true);
  } finally {
    await pair.close();
  }
});
