/**
 * `bun run bench:sync`: what keeping the online copy equal costs and how fast it goes, on two durable Postgres
 * servers of its own, in one run. Prints one line a figure: name, value, unit, apart by tabs. Ratios hold on a
 * busy machine too, since both of their parts are measured in turns. `--quick` runs a fifth of the rows.
 */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureDatabase } from "../db/databases.ts";
import { migrate } from "../db/migrate.ts";
import { folderOf } from "../db/migrate-files.ts";
import type { Place } from "../db/planes.ts";
import { pushByChunks } from "../server/sync/chunks-push.ts";
import { pushSync } from "../server/sync/push.ts";
import { verifySync } from "../server/sync/verify.ts";
import { startLabServer } from "../tests/faults/server.ts";
import { directWire } from "../tests/node/direct-wire.ts";
import { scratchDirectory } from "../tests/support/scratch.ts";
import { syncMigrations } from "../tests/sync/support.ts";
import { captureCost, rowCaptureCost } from "./support/sync-capture.ts";
import { catchUp } from "./support/sync-catch-up.ts";
import { drainInChild } from "./support/sync-drain.ts";
import { copyMade, figure, made, middle, open, type Sql, tables, timed } from "./support/sync-visits.ts";

const quick = process.argv.includes("--quick");
const rows = quick ? 20_000 : 100_000;
/** Of ten changes each. */
const visits = quick ? 1_500 : 9_000;
const backlog = quick ? 100_000 : 900_000;

const dataDir = scratchDirectory("wardline-bench-sync-");
const folder = join(dataDir, "migrations");
await Bun.write(join(folder, "0000_tables.sql"), tables);
for (const file of syncMigrations) await cp(join(folderOf("hospital"), file), join(folder, file));
const [local, online] = await Promise.all([
  startLabServer(dataDir, "local", {}),
  startLabServer(dataDir, "online", {}),
]);
const opened: Sql[] = [];
try {
  const place = (server: Place, database: string): Place => ({ ...server, database, schema: "hospital" });
  const places = {
    primary: place(local.place, "bench_primary"),
    copy: place(online.place, "bench_copy"),
  };
  const third = place(online.place, "bench_scratch");
  for (const [server, at] of [
    [local.place, places.primary],
    [online.place, places.copy],
    [online.place, third],
  ] as const) {
    await ensureDatabase(server, at.database);
    await migrate(at, "hospital", { folder });
  }
  const primary = open(places.primary, 8);
  const scratch = open(third, 1);
  opened.push(primary, scratch);
  const options = { budgetMs: 600_000 };
  const push = async (): Promise<number> => {
    const report = await pushSync(places, options);
    if (report.outcome !== "synced") throw new Error(`The push ended ${report.outcome}.`);
    return report.rows;
  };
  const rate = async (sql: string): Promise<number> => {
    await primary.unsafe(sql);
    let sent = 0;
    const took = await timed(async () => {
      sent = await push();
    });
    return sent / took;
  };
  await push();

  const turns: { inserts: number; copied: number }[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const [first, last] = [turn * rows + 1, (turn + 1) * rows];
    const inserts = await rate(made("visits", first, last));
    turns.push({ inserts, copied: rows / (await timed(() => copyMade(primary, scratch, first, last))) });
  }
  figure("copy-rows-per-second", middle(turns.map(({ copied }) => copied)), "rows/s", 0);
  figure("bulk-insert-rows-per-second", middle(turns.map(({ inserts }) => inserts)), "rows/s", 0);
  figure("bulk-vs-copy", middle(turns.map(({ inserts, copied }) => inserts / copied)), "ratio");
  const updates = await rate("update visits set note = note || '.', version = version + 1");
  figure("bulk-update-rows-per-second", updates, "rows/s", 0);
  const deletes = await rate(`delete from visits where amount_minor > ${rows * 50}`);
  figure("bulk-delete-rows-per-second", deletes, "rows/s", 0);

  await primary.unsafe(made("visits", 2_000_001, 2_000_000 + rows));
  const byChunks = await pushByChunks(places.primary, directWire(places.copy), options);
  if (byChunks.outcome !== "synced") throw new Error(`The push by chunks ended ${byChunks.outcome}.`);
  figure("chunks-per-second", (byChunks.rows / byChunks.tookMs) * 1000, "rows/s", 0);

  figure("reseed-rows-per-second", await rate("select sync_want_reseed('asked')"), "rows/s", 0);

  // A hospital's own tables, with all their indexes and rules; empty at first, wherever they are.
  const written = {
    capturing: place(local.place, "bench_capture"),
    resting: place(local.place, "bench_rest"),
  };
  const hospital = {
    primary: place(local.place, "bench_hospital"),
    copy: place(online.place, "bench_hospital"),
    native: place(online.place, "bench_native"),
  };
  for (const [server, at] of [
    [local.place, written.capturing],
    [local.place, written.resting],
    [local.place, hospital.primary],
    [online.place, hospital.copy],
    [online.place, hospital.native],
  ] as const) {
    await ensureDatabase(server, at.database);
    await migrate(at, "hospital");
  }
  const wards = { capturing: open(written.capturing, 8), resting: open(written.resting, 8) };
  await rowCaptureCost(wards.capturing, wards.resting, quick ? 10 : 60, 0.3);
  await Promise.all([wards.capturing.end(), wards.resting.end()]);
  await captureCost(quick ? 10 : 200, 0.3);

  await primary.end();
  await local.restartWith({ wal_level: "logical" });
  const again = open(places.primary, 8);
  opened.push(again);
  const { native, ours } = await catchUp(hospital, visits);
  figure("native-catchup-rows-per-second", native, "rows/s", 0);
  figure("catchup-rows-per-second", ours, "rows/s", 0);
  figure("catchup-vs-native", ours / native, "ratio");

  await drainInChild(again, places, backlog);
  let equal = false;
  const proof = await timed(async () => {
    equal = (await verifySync(places, { ...options, repair: false })).equal;
  });
  figure("verify-seconds", proof, "s");
  if (!equal) throw new Error("The copy is not equal after the run.");
} finally {
  await Promise.all(opened.map((sql) => sql.end({ timeout: 1 })));
  await Promise.all([local.stop(), online.stop()]);
  await rm(dataDir, { recursive: true, force: true });
}
