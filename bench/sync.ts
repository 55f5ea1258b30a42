/**
 * `bun run bench:sync`: what keeping the online copy equal costs and how fast it goes, on two durable Postgres
 * servers of its own, in one run. Prints one line a figure: name, value, unit, apart by tabs. Ratios hold on a
 * busy machine too, since both of their parts are measured in turns. `--quick` runs a fifth of the rows.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
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
import { syncMigrations } from "../tests/sync/support.ts";
import { captureCost } from "./support/sync-capture.ts";
import { drainInChild } from "./support/sync-drain.ts";
import { nativeCatchUp } from "./support/sync-native.ts";
import {
  type Changes,
  copyRate,
  figure,
  made,
  oneByOne,
  open,
  type Sql,
  tables,
  timed,
} from "./support/sync-visits.ts";

const quick = process.argv.includes("--quick");
const rows = quick ? 20_000 : 100_000;
/** Transactions of one row each. */
const singles = quick ? 15_000 : 90_000;
/** The number of the last visit of a backlog. */
let written = 5_000_000;
const backlog = quick ? 100_000 : 900_000;

const dataDir = await mkdtemp(join(tmpdir(), "wardline-bench-sync-"));
await Bun.$`chmod 711 ${dataDir}`;
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

  const inserts = await rate(made("visits", 1, rows));
  const copied = rows / (await timed(() => copyRate(primary, scratch)));
  figure("copy-rows-per-second", copied, "rows/s", 0);
  figure("bulk-insert-rows-per-second", inserts, "rows/s", 0);
  figure("bulk-vs-copy", inserts / copied, "ratio");
  const updates = await rate("update visits set note = note || '.', version = version + 1");
  figure("bulk-update-rows-per-second", updates, "rows/s", 0);
  const deletes = await rate(`delete from visits where amount_minor > ${rows * 50}`);
  figure("bulk-delete-rows-per-second", deletes, "rows/s", 0);

  await primary.unsafe(made("visits", 2_000_001, 2_000_000 + rows));
  const byChunks = await pushByChunks(places.primary, directWire(places.copy), options);
  if (byChunks.outcome !== "synced") throw new Error(`The push by chunks ended ${byChunks.outcome}.`);
  figure("chunks-per-second", (byChunks.rows / byChunks.tookMs) * 1000, "rows/s", 0);

  await captureCost(primary, quick ? 4 : 10, quick ? 1 : 2);
  // What was written while the triggers were off is not in the log: ship the table again.
  figure("reseed-rows-per-second", await rate("select sync_want_reseed('asked')"), "rows/s", 0);

  await primary.end();
  await local.restartWith({ wal_level: "logical" });
  const again = open(places.primary, 8);
  opened.push(again);
  for (const [kind, changes] of [
    ["", 2],
    ["inserts-", 0],
  ] as const) {
    const visits = singles / (changes + 1);
    const native = await nativeCatchUp(again, places, visits, changes);
    figure(`native-catchup-${kind}rows-per-second`, native, "rows/s", 0);
    const catchUps = await catchUpRate(again, push, visits, changes);
    figure(`catchup-${kind}rows-per-second`, catchUps, "rows/s", 0);
    figure(`catchup-${kind}vs-native`, catchUps / native, "ratio");
  }

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

/**
 * Changes a second at which a backlog of one-row transactions arrives, as after a night without the copy: ticks
 * were cut all along, as they are while the copy is away.
 */
async function catchUpRate(
  sql: Sql,
  push: () => Promise<number>,
  visits: number,
  changes: Changes,
): Promise<number> {
  await push();
  const before = written;
  written += visits;
  let writing = true;
  const ticks = (async () => {
    while (writing) {
      await sql`select sync_cut_tick('0')`;
      await Bun.sleep(1_000);
    }
  })();
  await oneByOne(sql, "visits", before + 1, visits, changes);
  writing = false;
  await ticks;
  let caught = 0;
  const took = await timed(async () => {
    caught = await push();
  });
  if (caught !== visits * (changes + 1)) throw new Error(`${caught} changes arrived.`);
  return caught / took;
}
