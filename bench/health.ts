/**
 * `bun run bench:health`: how long one look at the databases of 1,000 hospitals takes. 950 of them lie in 50 real
 * databases, each asked as if it were a server's own; 50 lie on 20 servers that do not answer, half of which take
 * the connection and stay silent. Prints one line a figure, apart by tabs; `health-pass-seconds` may be 30 at most.
 */
import { rmSync } from "node:fs";
import { sql } from "drizzle-orm";
import { openClient } from "../db/connect.ts";
import { ensureDatabase } from "../db/databases.ts";
import { quoteIdent } from "../db/identifiers.ts";
import { migrate } from "../db/migrate.ts";
import { plans } from "../db/schema/control/plans.ts";
import { databaseServers, tenants } from "../db/schema/control/tenants.ts";
import { createQueue } from "../jobs/queue.ts";
import { checkAllHospitals } from "../server/bridge/health.ts";
import { seedControl } from "../server/bridge/seed-control.ts";
import { systemClock } from "../server/clock.ts";
import { readEnv } from "../server/env.ts";
import { openFoundation, urlOf } from "../server/foundation.ts";
import { createLog } from "../server/log.ts";
import { closeServices, createServices } from "../server/services.ts";
import { scratchDirectory } from "../tests/support/scratch.ts";

const hospitals = 1_000;
const real = 50;
const dead = 20;
const onDead = 50;

const figure = (name: string, value: number, unit: string, digits = 0) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);

const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
const dataDir = scratchDirectory("wardline-bench-");
const env = readEnv({ ...process.env, WARDLINE_DATA: dataDir, WARDLINE_LOG: "silent" }, ["--no-demo"]);
const log = createLog(env);
const foundation = await openFoundation(env, log);
const services = createServices({
  ...{ env, log, clock: systemClock, keyring: foundation.keyring, controlPlace: foundation.control },
  queue: createQueue({ redisUrl: null, postgresUrl: urlOf(foundation.control), log }),
});
const made: string[] = [];
try {
  await seedControl(services, foundation.servers);
  const { db } = services.connections.control;
  const [server] = await db.select().from(databaseServers).where(sql`purpose = 'primary'`).limit(1);
  const [plan] = await db.select().from(plans).limit(1);
  if (server === undefined || plan === undefined) throw new Error("The stand has no server or no plan.");
  const local = foundation.servers.local;
  if (local === null) throw new Error("The stand has no server of its own.");
  const first = "bench_health_0";
  await ensureDatabase(local, first);
  await migrate({ ...local, database: first, schema: "hospital" }, "hospital");
  made.push(first);
  const admin = openClient(
    { ...local, database: "postgres" },
    { max: 1, connection: { statement_timeout: 0 } },
  );
  for (let n = 1; n < real; n += 1) {
    const database = `bench_health_${n}`;
    await admin.unsafe(`create database ${quoteIdent(database)} template ${quoteIdent(first)}`);
    made.push(database);
  }
  await admin.end();
  const { id: _id, name: _name, ...like } = server;
  // Names of the same machine, so that each hospital's database is asked on a connection of its own.
  const alive = Array.from({ length: (hospitals - onDead) / real }, (_, n) => ({
    ...{ ...like, id: Bun.randomUUIDv7(), name: `alive-${n}` },
  }));
  const gone = Array.from({ length: dead }, (_, n) => ({
    ...{ ...like, id: Bun.randomUUIDv7(), name: `gone-${n}` },
    // Half are addresses that no packet comes back from; half take the connection and say nothing.
    ...(n % 2 === 0 ? { host: `10.255.255.${n + 1}` } : { host: `127.0.0.${n + 1}`, port: silent.port }),
  }));
  await db.insert(databaseServers).values([...alive, ...gone]);
  const rowOf = (n: number, serverId: string, database: string) => ({
    ...{ companyName: `Hospital ${n}`, subdomain: `bench-${n}`, status: "active" as const, region: "local" },
    ...{ planId: plan.id, tenantDbName: `bench_${n}`, roleName: `bench_${n}`, sealedPassword: "-" },
    ...{ primaryServerId: serverId, primaryDatabase: database, schemaName: "hospital", readyAt: new Date() },
    ...{ copyServerId: serverId, copyDatabase: database },
  });
  const rows = alive.flatMap(({ id }, at) => made.map((database, n) => rowOf(at * real + n, id, database)));
  const lost = Array.from({ length: onDead }, (_, n) =>
    rowOf(2_000 + n, gone[n % dead]?.id ?? "", `gone_${n}`),
  );
  for (let at = 0; at < rows.length; at += 200) await db.insert(tenants).values(rows.slice(at, at + 200));
  await db.insert(tenants).values(lost);
  const passes: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const started = performance.now();
    const pass = await checkAllHospitals(services);
    passes.push((performance.now() - started) / 1000);
    figure("health-hospitals", pass.checked, "hospitals");
    figure("health-unreachable", pass.unwell, "hospitals");
    figure("health-alerts-raised", pass.raised, "alerts");
  }
  figure("health-pass-seconds", Math.max(...passes), "s", 2);
  if (Math.max(...passes) > 30) process.exitCode = 1;
} finally {
  // The databases go with the stand's own cluster.
  await closeServices(services);
  await foundation.close();
  rmSync(dataDir, { recursive: true, force: true });
  silent.stop(true);
}
