/**
 * `bun run bench:restore -- --patients 200000`: a restore drill on two Postgres servers of its own. Fills a hospital
 * with patients and three encounters each, copies it, drops its database, restores it from the copy, proves both
 * equal, and prints one line a figure: name, value, unit, apart by tabs. Exit code 1 where anything differs.
 */
import { rm } from "node:fs/promises";
import { openClient } from "../db/connect.ts";
import { dropDatabase, ensureDatabase } from "../db/databases.ts";
import { migrate } from "../db/migrate.ts";
import type { Place } from "../db/planes.ts";
import { createQueue } from "../jobs/queue.ts";
import { provisionHospital } from "../server/bridge/provision.ts";
import { restoreHospital } from "../server/bridge/restore.ts";
import { seedControl } from "../server/bridge/seed-control.ts";
import { systemOwner } from "../server/bridge/system-context.ts";
import { placesOf } from "../server/bridge/tenant-places.ts";
import { keyringOf, newKey } from "../server/crypto.ts";
import { readEnv } from "../server/env.ts";
import { urlOf } from "../server/foundation.ts";
import { createLog } from "../server/log.ts";
import { closeServices, createServices } from "../server/services.ts";
import { pushSync } from "../server/sync/push.ts";
import { verifySync } from "../server/sync/verify.ts";
import { startLabServer } from "../tests/faults/server.ts";
import { scratchDirectory } from "../tests/support/scratch.ts";
import { fillPatients } from "./support/patients.ts";

/** Statements over all rows of a large hospital take their time. */
const unhurried = { max: 1, connection: { statement_timeout: 0 } };
const at = process.argv.indexOf("--patients");
const patients = at === -1 ? 200_000 : Number(process.argv[at + 1]);
if (!Number.isInteger(patients) || patients < 1) throw new Error("--patients is a whole number.");

const figure = (name: string, value: number, unit: string, digits = 0) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function sums(place: Place): Promise<string> {
  const client = openClient(place, unhurried);
  try {
    const rows = await client<{ line: string }[]>`
      select table_name || ' ' || n || ' ' || sum as line from sync_checksums(null)`;
    return rows.map(({ line }) => line).join("\n");
  } finally {
    await client.end();
  }
}

const dataDir = scratchDirectory("wardline-bench-restore-");
const [local, online] = await Promise.all([
  startLabServer(dataDir, "local", {}),
  startLabServer(dataDir, "online", {}),
]);
const controlPlace = { ...local.place, database: "bench_control", schema: "control" };
await ensureDatabase(local.place, controlPlace.database);
await migrate(controlPlace, "control");
const env = readEnv({ WARDLINE_MODE: "all", WARDLINE_LOG: "error" });
const log = createLog(env);
const queue = createQueue({ redisUrl: null, postgresUrl: urlOf(controlPlace), log });
const services = createServices({ env, log, keyring: keyringOf(newKey()), controlPlace, queue });
let equal = false;
try {
  await seedControl(services, { local: local.place, online: online.place });
  const owner = systemOwner(services, "bench");
  const { tenant } = await provisionHospital(services, owner, {
    ...{ companyName: "Bench Hospital", subdomain: "bench-restore", region: "local", plan: "enterprise" },
    firstAdmin: {
      name: "Bench Admin",
      email: "bench@wardline.example",
      password: "seven green kites over Lahore",
    },
  });
  const { primaryAdmin: primary, copyAdmin: copy } = await placesOf(services, tenant.id);
  if (copy === null) throw new Error("The hospital has no copy.");
  const filled = await timed(async () => {
    await fillPatients(openClient(primary, unhurried), patients);
    const client = openClient(primary, unhurried);
    await client`
      insert into encounters (id, patient_id, status, class_code, display, at)
      select gen_random_uuid(), p.id, 'finished', 'AMB', 'Visit to the clinic', p.created_at - n * interval '9 days'
      from patients p, generate_series(1, 3) n`;
    await client.end();
  });
  figure("fill-seconds", filled, "s", 1);
  const copied = await timed(async () => {
    for (;;) {
      const { outcome } = await pushSync({ primary, copy }, { budgetMs: 3_600_000 });
      if (outcome === "synced") return;
      if (outcome !== "behind") throw new Error(`The push ended ${outcome}.`);
    }
  });
  figure("copy-seconds", copied, "s", 1);
  const before = await sums(primary);
  await services.connections.forget({ ...primary, user: tenant.roleName });
  await dropDatabase({ ...primary, database: "postgres", schema: "public" }, primary.database);

  let rows = 0;
  let lost: number | null = null;
  const took = await timed(async () => {
    const { run, steps } = await restoreHospital(services, owner, tenant.id, {
      confirmation: tenant.companyName,
    });
    rows = Object.values(run.tables).reduce((sum, table) => sum + table.rows, 0);
    lost = run.lostSeconds;
    for (const { key, startedAt, finishedAt } of steps)
      if (startedAt !== null && finishedAt !== null)
        figure(`step-${key}-seconds`, (finishedAt.getTime() - startedAt.getTime()) / 1000, "s", 1);
  });
  const now = (await placesOf(services, tenant.id)).primaryAdmin;
  const proof = await verifySync({ primary: now, copy }, { budgetMs: 3_600_000, repair: false });
  equal = proof.equal && (await sums(now)) === before;
  figure("restored-rows", rows, "rows");
  figure("restore-seconds", took, "s", 1);
  figure("restore-rows-per-second", rows / took, "rows/s");
  figure("lost-window-seconds", lost ?? -1, "s", 1);
  console.log(`checksums-equal\t${equal ? "yes" : "no"}\t`);
} finally {
  await closeServices(services);
  await Promise.all([local.stop(), online.stop()]);
  await rm(dataDir, { recursive: true, force: true });
}
process.exit(equal ? 0 : 1);
