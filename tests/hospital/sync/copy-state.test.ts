import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { pushHospital } from "../../../server/bridge/sync.ts";
import { systemOwner } from "../../../server/bridge/system-context.ts";
import { FixedClock } from "../../../server/clock.ts";
import { readCopyState } from "../../../server/hospital/sync/copy-state.ts";
import { testApp } from "../../support/app.ts";

test("a hospital knows how far its changes have been copied", async () => {
  const { services, newHospital } = await testApp();
  const hospital = await newHospital();
  const { db, write } = hospital.system();
  const push = () => pushHospital(services, systemOwner(services, "tests"), hospital.id);
  const soon = (minutes: number) => new FixedClock(new Date(Date.now() + minutes * 60_000));

  await push();
  const copied = await readCopyState(db, soon(0));
  expect(copied).toMatchObject({ state: "copied", pendingRows: 0 });
  expect(copied?.copiedAt).toBeInstanceOf(Date);

  await write((tx) => tx.execute(sql`update departments set name = name || ' ' where key = 'pharmacy'`));
  expect((await readCopyState(db, soon(0)))?.pendingRows).toBe(1);
  expect(await readCopyState(db, soon(1))).toMatchObject({ state: "behind", pendingRows: 1 });
  expect(await readCopyState(db, soon(10))).toMatchObject({ state: "offline" });

  await push();
  expect(await readCopyState(db, soon(0))).toMatchObject({ state: "copied", pendingRows: 0 });
});

test("the change log itself stays closed to the hospital's role", async () => {
  const { abdullah } = await testApp();
  const read = async () => abdullah.system().db.select({ n: sql`count(*)` }).from(sql`sync_log`);
  await expect(read()).rejects.toThrow();
});
