import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "../../db/migrate.ts";
import { folderOf } from "../../db/migrate-files.ts";
import { pushByChunks } from "../../server/sync/chunks-push.ts";
import { verifyByChunks } from "../../server/sync/chunks-verify.ts";
import { codeOf } from "../../server/sync/lost.ts";
import { stageChunk } from "../../server/sync/receive.ts";
import { withSide } from "../../server/sync/sides.ts";
import type { Chunk } from "../../server/sync/wire.ts";
import { makePair, type Pair } from "../sync/support.ts";
import { directWire } from "./direct-wire.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await makePair();
  await cp(join(folderOf("hospital"), "0010_node.sql"), join(pair.folder, "0010_node.sql"));
  for (const place of [pair.places.primary, pair.places.copy])
    await migrate(place, "hospital", { folder: pair.folder });
  // A copy that was never written to, as provisioning leaves it.
  await pair.copy`select sync_become('copy')`;
});
afterAll(() => pair.close());

test("a first fill, changes and deletions arrive by chunks, and both sides prove equal", async () => {
  const { primary, places } = pair;
  await primary`insert into wards (name, bed) select 'w' || i, 'b' || i from generate_series(1, 3000) i`;
  await primary`insert into stays (ward_id, amount, seen_at, days, facts, note, raw, ratio, took)
    select id, 12345678901234567890.12345678901234567890, now(), '{1,2}', '{"n": 1.10, "big": 12345678901234567890}', E'line\\nbreak', '\\x00ff', 0.1::float8 + 0.2, '1 day 3 h' from wards`;
  const wire = directWire(places.copy);
  expect((await pushByChunks(places.primary, wire)).outcome).toBe("synced");
  await primary`delete from wards where name like '%7'`;
  await primary`update wards set bed = null, name = name || '!' where name like '%3'`;
  expect((await pushByChunks(places.primary, wire)).outcome).toBe("synced");
  const proof = await verifyByChunks(places.primary, wire);
  expect(proof.outcome).toBe("verified");
  expect(proof.tables.filter((table) => !table.equal)).toEqual([]);
  expect(proof.tables.find((table) => table.table === "wards")?.primaryRows).toBe(2700);
  const ownText = await primary`select amount::text, facts::text, ratio from stays order by id limit 3`;
  expect([
    ...(await pair.copy`select amount::text, facts::text, ratio from stays order by id limit 3`),
  ]).toEqual([...ownText]);
});

test("cut off between two chunks, the next push sends only what has not arrived", async () => {
  const { primary, places } = pair;
  await primary`insert into stays (ward_id, note) select (select id from wards limit 1), repeat(md5(i::text), 30) from generate_series(1, 5000) i`;
  const sent: number[] = [];
  const broken = directWire(places.copy, ({ number }) => {
    sent.push(number);
    if (number === 2) throw Object.assign(new Error("the link is gone"), { code: "ECONNRESET" });
  });
  await expect(pushByChunks(places.primary, broken)).rejects.toThrow("the link is gone");
  expect(sent).toEqual([1, 2]);
  // What happens meanwhile is cut into later ticks; the batch that has begun stays what it was.
  await primary`insert into wards (name) values ('meanwhile')`;
  const later: number[] = [];
  const report = await pushByChunks(
    places.primary,
    directWire(places.copy, ({ number }) => later.push(number)),
  );
  expect(report.outcome).toBe("synced");
  expect(later[0]).toBe(3);
  expect(later.length).toBeGreaterThan(2);
  expect((await verifyByChunks(places.primary, directWire(places.copy))).equal).toBe(true);
});

test("a chunk out of turn, of another batch or brought twice changes nothing", async () => {
  const { primary, places } = pair;
  await primary`insert into wards (name) select 'late' || i from generate_series(1, 10) i`;
  const chunks: Chunk[] = [];
  await pushByChunks(
    places.primary,
    directWire(places.copy, (chunk) => chunks.push(chunk)),
  );
  const [chunk] = chunks;
  if (chunk === undefined) throw new Error("Nothing was sent.");
  const again = withSide("copy", places.copy, (session) => stageChunk(session, chunk)).catch(codeOf);
  expect(await again).toBe("WL002");
  expect((await verifyByChunks(places.primary, directWire(places.copy))).equal).toBe(true);
});

test("rows that a fault changed on the copy are found by a proof over the wire, and put right", async () => {
  const { places, copy } = pair;
  const wire = directWire(places.copy);
  await copy`update wards set bed = 'damaged' where name = 'late2'`;
  await copy`delete from wards where name = 'late3'`;
  await copy`insert into wards (name) values ('never there')`;
  const found = await verifyByChunks(places.primary, wire, { repair: false });
  expect([found.outcome, found.equal]).toEqual(["verified", false]);
  const proof = await verifyByChunks(places.primary, wire);
  expect([proof.outcome, proof.equal]).toEqual(["verified", true]);
  expect(proof.repaired).toEqual([{ table: "wards", whole: false, missing: 1, extra: 1, different: 1 }]);
  const names = await copy<{ name: string }[]>`select name from wards where name in ('late3', 'never there')`;
  expect(names.map(({ name }) => name)).toEqual(["late3"]);
});

test("a column that the copy does not have parks nothing but the batch", async () => {
  const { primary, places } = pair;
  await primary`alter table wards add column colour text`;
  await primary`select sync_install_capture()`;
  await primary`update wards set colour = 'blue' where name = 'late1'`;
  const ended = await pushByChunks(places.primary, directWire(places.copy)).catch(codeOf);
  expect(ended).toBe("WL409");
  await pair.copy`alter table wards add column colour text`;
  await pair.copy`select sync_install_capture()`;
  expect((await pushByChunks(places.primary, directWire(places.copy))).outcome).toBe("synced");
  expect((await verifyByChunks(places.primary, directWire(places.copy))).equal).toBe(true);
});
