/**
 * `bun run bench:sync`: what keeping the online copy equal costs and how fast it goes, on two durable Postgres
 * servers of its own, in one run. Prints one line a figure: name, value, unit, apart by tabs.
 * `--quick` runs a fifth of the rows.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openClient } from "../db/connect.ts";
import { ensureDatabase } from "../db/databases.ts";
import { startEmbedded } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { folderOf } from "../db/migrate-files.ts";
import type { Place } from "../db/planes.ts";
import { createLog } from "../server/log.ts";
import { pushSync } from "../server/sync/push.ts";
import { verifySync } from "../server/sync/verify.ts";

type Sql = ReturnType<typeof openClient>;

const quick = process.argv.includes("--quick");
const rows = quick ? 20_000 : 100_000;
const singles = quick ? 5_000 : 30_000;
const seconds = quick ? 1 : 3;
const rounds = quick ? 2 : 4;
const clients = 8;

const figure = (name: string, value: number, unit: string, digits = 2) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);

const tables = `
create table visits (id uuid primary key, patient_id uuid not null, seen_at timestamptz not null, note text not null,
  amount_minor bigint not null, version int not null default 1);
create index on visits (patient_id);`;

const columns = "id, patient_id, seen_at, note, amount_minor, version";

function made(from: number, to: number): string {
  return `insert into visits select md5('v' || i)::uuid, md5('p' || i / 5)::uuid, now(), 'Seen on the ward, note ' || i, i * 100, 1
    from generate_series(${from}, ${to}) i`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Plain COPY of the same rows into the same table of a third database: the limit of what can be had. */
async function copyRate(primary: Sql, scratch: Sql): Promise<number> {
  await scratch`alter table visits disable trigger user`;
  const took = await timed(async () => {
    const source = await primary.unsafe(`copy (select ${columns} from visits) to stdout`).readable();
    const sink = await scratch.unsafe(`copy visits (${columns}) from stdin`).writable();
    await pipeline(
      source,
      async function* frames(given: AsyncIterable<Buffer>) {
        let held: Buffer[] = [];
        let size = 0;
        for await (const row of given) {
          held.push(row);
          size += row.length;
          if (size < 256 * 1024) continue;
          yield Buffer.concat(held, size);
          held = [];
          size = 0;
        }
        if (size > 0) yield Buffer.concat(held, size);
      },
      sink,
    );
  });
  return rows / took;
}

/** Transactions a second of clients that each insert a row and change one. */
async function transactionRate(sql: Sql): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const id = Bun.randomUUIDv7();
      await sql.begin(async (tx) => {
        await tx`insert into visits values (${id}, ${id}, now(), 'A note of the usual length, written by hand', 1200, 1)`;
        await tx`update visits set version = version + 1, note = 'Changed' where id = ${id}`;
      });
      done += 1;
    }
  };
  const took = await timed(() => Promise.all(Array.from({ length: clients }, client)));
  return done / took;
}

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const dataDir = await mkdtemp(join(tmpdir(), "wardline-bench-sync-"));
await Bun.$`chmod 711 ${dataDir}`;
const folder = join(dataDir, "migrations");
await Bun.write(join(folder, "0000_tables.sql"), tables);
await Bun.write(join(folder, "0003_sync.sql"), Bun.file(join(folderOf("hospital"), "0003_sync.sql")));
const servers = await startEmbedded({ dataDir, log: createLog({ logLevel: "fatal" }) });
const open: Sql[] = [];
try {
  const place = (server: Place, database: string): Place => ({ ...server, database, schema: "hospital" });
  const places = {
    primary: place(servers.local, "bench_primary"),
    copy: place(servers.online, "bench_copy"),
  };
  const third = place(servers.online, "bench_scratch");
  for (const [server, at] of [
    [servers.local, places.primary],
    [servers.online, places.copy],
    [servers.online, third],
  ] as const) {
    await ensureDatabase(server, at.database);
    await migrate(at, "hospital", { folder });
  }
  const primary = openClient(places.primary, { max: clients, connection: { statement_timeout: 0 } });
  const scratch = openClient(third, { max: 1, connection: { statement_timeout: 0 } });
  open.push(primary, scratch);
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

  const inserts = await rate(made(1, rows));
  const copied = await copyRate(primary, scratch);
  figure("copy-rows-per-second", copied, "rows/s", 0);
  figure("bulk-insert-rows-per-second", inserts, "rows/s", 0);
  figure("bulk-vs-copy", inserts / copied, "ratio");
  figure(
    "bulk-update-rows-per-second",
    await rate("update visits set note = note || '.', version = version + 1"),
    "rows/s",
    0,
  );
  figure(
    "bulk-delete-rows-per-second",
    await rate(`delete from visits where amount_minor > ${rows * 50}`),
    "rows/s",
    0,
  );

  // A backlog of one-row transactions, as after a night without the copy.
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let turn = client; turn < singles; turn += clients)
        await primary.unsafe(made(rows + 1 + turn, rows + 1 + turn));
    }),
  );
  let caught = 0;
  const catchUp = await timed(async () => {
    caught = await push();
  });
  figure("catchup-rows-per-second", caught / catchUp, "rows/s", 0);

  const on: number[] = [];
  const off: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    on.push(await transactionRate(primary));
    await primary`alter table visits disable trigger user`;
    off.push(await transactionRate(primary));
    await primary`alter table visits enable trigger user`;
  }
  figure("transactions-per-second", middle(on), "1/s", 0);
  figure("capture-cost", 100 * (1 - middle(on) / middle(off)), "%", 1);

  // What was written while the triggers were off is not in the log: ship the table again, then prove it.
  figure("reseed-rows-per-second", await rate("select sync_want_reseed('asked')"), "rows/s", 0);
  let equal = false;
  const proof = await timed(async () => {
    equal = (await verifySync(places, options)).equal;
  });
  figure("verify-seconds", proof, "s");
  figure("process-memory", process.memoryUsage.rss() / 1024 / 1024, "MB", 0);
  if (!equal) throw new Error("The copy is not equal after the run.");
} finally {
  await Promise.all(open.map((sql) => sql.end({ timeout: 1 })));
  await servers.stop();
  await rm(dataDir, { recursive: true, force: true });
}
