/**
 * `bun run bench:offline -- --changes 900000 --days 30`: a hospital's own server after weeks without a link. Starts
 * an owner's side and a hospital's server as they are started, cuts the link, writes what the hospital would have
 * written (visits of ten rows, a transaction each, dated over so many days), opens the link and watches how the
 * copy catches up while somebody goes on reading the hospital's list of patients. Prints one line a figure: name,
 * value, unit, apart by tabs. Exit code 1 where the two databases differ in the end.
 *
 * The owner's processes stand on another machine in life; here they yield to the hospital's. Linux only.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { parseArgs } from "node:util";
import { openClient } from "../db/connect.ts";
import type { Place } from "../db/planes.ts";
import { type OnSite, openOnSite, peakMegabytes } from "./support/offline-node.ts";
import { readPages } from "./support/offline-pages.ts";
import { writeVisits } from "./support/offline-writes.ts";
import { fillPatients } from "./support/patients.ts";
import { benchAdmin } from "./support/stand.ts";
import { figure, timed } from "./support/sync-visits.ts";

const { values } = parseArgs({
  options: { changes: { type: "string", default: "900000" }, days: { type: "string", default: "30" } },
});
const changes = Number(values.changes);
const days = Number(values.days);
if (!Number.isInteger(changes) || changes < 10 || !(days > 0))
  throw new Error("--changes is a whole number from 10, --days a number above 0.");

async function sums(place: Place): Promise<string> {
  const client = openClient(place, { max: 1, connection: { statement_timeout: 0 } });
  try {
    const rows = await client<{ line: string }[]>`
      select table_name || ' ' || n || ' ' || sum as line from sync_checksums(null)`;
    return rows.map(({ line }) => line).join("\n");
  } finally {
    await client.end();
  }
}

/** Rows that the hospital's server has not sent. */
async function waiting(primary: Place): Promise<number> {
  const client = openClient(primary, { max: 1 });
  const [row] = await client<{ rows: number }[]>`select sync_waiting()::float8 as rows`;
  await client.end();
  return row?.rows ?? 0;
}

/** Whether the copy holds all that was there at an instant: it has applied what was cut after it. */
async function holds(copy: Place, instant: Date): Promise<boolean> {
  const client = openClient(copy, { max: 1 });
  const [row] = await client<{ there: boolean }[]>`
    select last_tick_at > ${instant.toISOString()}::timestamptz as there from sync_state`;
  await client.end();
  return row?.there === true;
}

/** As if on another machine: the owner's process and its databases let the hospital's go first. */
function yieldToHospital(site: OnSite): void {
  const { local, online } = site.owner.foundation.servers;
  const ports = new Set([local?.port, online?.port].map(String));
  const running = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
        return [{ pid: Number(name), parent: Number(parent), words }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
  const servers = running.filter(({ words }) =>
    words.some((word) => word.startsWith("port=") && ports.has(word.slice(5))),
  );
  const owners = new Set([site.owner.pid, ...servers.map(({ pid }) => pid)]);
  for (const { pid, parent } of running)
    if (owners.has(pid) || owners.has(parent))
      try {
        setPriority(pid, 15);
        // Each of them is a session (server/priority.ts).
        writeFileSync(`/proc/${pid}/autogroup`, "15");
      } catch {
        // It has ended, or the kernel knows no such thing.
      }
}

const site = await openOnSite();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => void site.close().then(() => process.exit(130)));
let equal = false;
try {
  const { primary, copy } = site.places;
  await fillPatients(openClient(primary, { max: 1 }), 2_000);
  const signedIn = { port: site.port, ...benchAdmin };
  // Connections come and go, and each is a process.
  setInterval(() => yieldToHospital(site), 1_000);

  site.link.refuse();
  site.link.reset();
  const written = await timed(() => writeVisits(primary, { changes, days }));
  const backlog = await waiting(primary);
  figure("offline-changes", backlog, "rows", 0);
  figure("offline-write-seconds", written, "s", 1);
  const readIdle = () => readPages({ ...signedIn, until: async () => false, atMostMs: 15_000 });
  const before = await readIdle();

  const opened = new Date();
  let caughtUp = false;
  site.link.heal();
  const [took, busy] = await Promise.all([
    timed(async () => {
      while (!(await holds(copy, opened))) await Bun.sleep(500);
      caughtUp = true;
    }),
    readPages({ ...signedIn, until: async () => caughtUp, atMostMs: 3_600_000 }),
  ]);
  // On both sides of it, since the machine has moods of its own.
  const after = await readIdle();
  const idle = { p50: (before.p50 + after.p50) / 2, p95: (before.p95 + after.p95) / 2 };
  const carrier = site.carrier();
  if (carrier === null) throw new Error("No process carries the hospital's changes.");
  figure("offline-catchup-seconds", took, "s", 1);
  figure("offline-rows-per-second", backlog / took, "rows/s", 0);
  figure("offline-node-memory-mb", peakMegabytes(carrier), "MB", 0);
  figure("offline-app-memory-mb", peakMegabytes(site.pid), "MB", 0);
  figure("offline-owner-memory-mb", peakMegabytes(site.owner.pid), "MB", 0);
  figure("offline-page-p95-idle-ms", idle.p95, "ms", 1);
  figure("offline-page-p95-ms", busy.p95, "ms", 1);
  figure("offline-page-p50-ratio", busy.p50 / idle.p50, "ratio");
  figure("offline-page-p95-ratio", busy.p95 / idle.p95, "ratio");
  for (let tries = 0; tries < 20 && !equal; tries += 1) {
    // Looks at records are noted a moment later, and travel like anything else.
    if (tries > 0) await Bun.sleep(2_000);
    equal = (await sums(primary)) === (await sums(copy));
  }
  console.log(`offline-equal\t${equal ? "yes" : "no"}\t`);
} finally {
  await site.close();
}
process.exit(equal ? 0 : 1);
