import { handlers } from "../jobs/handlers.ts";
import { createQueue } from "../jobs/queue.ts";
import { startRedisServer } from "../jobs/redis-server.ts";
import { startWorker } from "../jobs/worker.ts";
import { createApp } from "./app.ts";
import { startHashing } from "./auth/hash-lanes.ts";
import { postgresCounts, redisCounts } from "./auth/rates/counts.ts";
import { shareCalls } from "./auth/rates/windows.ts";
import { type Greeting, greet } from "./banner.ts";
import { demoEmail, demoHospitals, demoOwnerEmail, seedDemo } from "./bridge/demo.ts";
import { migrateTenants } from "./bridge/migrate-tenants.ts";
import { seedControl } from "./bridge/seed-control.ts";
import { makeTemplatesAhead } from "./bridge/templates-ahead.ts";
import { type Env, EnvError, readEnv } from "./env.ts";
import { AppError } from "./errors.ts";
import { demoPasswordOf, openFoundation, urlOf } from "./foundation.ts";
import { createLifetime, type Lifetime } from "./lifetime.ts";
import { createLog, type Log } from "./log.ts";
import { keepLooks } from "./looks.ts";
import { listen } from "./serve.ts";
import { closeServices, createServices, hearTenantChanges } from "./services.ts";
import { startHospital } from "./start-hospital.ts";
import type { Services } from "./tenancy/services.ts";

const help = `Usage: bin/start [--no-demo]

Starts Wardline: databases, jobs and both portals. Ctrl-C stops all of it.

  --no-demo   no demo hospitals and no demo accounts (then: bin/wardline owner:create)
  --help      this text

Environment: PORT (3000), WARDLINE_DATA (.data), WARDLINE_BASE_DOMAIN (localhost), WARDLINE_DEMO_PASSWORD,
DATABASE_URL, REDIS_URL and more: docs/operations.md.
`;

/** Thrown between two steps of a start that was told to end. */
class Ended extends Error {}

/** Opens everything in order; what is opened is closed in the opposite order by `lifetime`. */
async function start(env: Env, log: Log, lifetime: Lifetime): Promise<void> {
  const step = <Opened>(opened: Opened): Opened => {
    if (lifetime.isEnding) throw new Ended();
    return opened;
  };
  const foundation = await openFoundation(env, log);
  lifetime.opened("databases", () => foundation.close(), 25_000);
  step(foundation);

  let { redisUrl } = env;
  if (redisUrl === null && env.databaseUrl === null) {
    const redis = await startRedisServer({ dataDir: env.dataDir, log });
    if (redis !== null) lifetime.opened("job store", () => redis.close(), 10_000);
    redisUrl = redis?.url ?? null;
  }
  const store = { redisUrl, postgresUrl: urlOf(foundation.control) };
  const queue = step(createQueue({ ...store, log }));
  const services = createServices({
    env,
    log,
    keyring: foundation.keyring,
    controlPlace: foundation.control,
    queue,
  });
  lifetime.opened("services", () => closeServices(services), 10_000);
  await seedControl(services, foundation.servers);
  await hearTenantChanges(step(services));
  shareCalls(redisUrl === null ? postgresCounts(services.connections.control.db) : redisCounts(redisUrl));
  lifetime.opened("call counts", async () => shareCalls(null), 1_000);
  // On one machine every hospital is brought up to date with the app; in a data centre in waves, by command.
  if (env.databaseUrl === null) await migrateTenants(services);

  // Before any job: one that goes on with a hospital half made would keep the demonstration from completing it.
  const demo = env.demo ? await makeDemo(services) : null;
  step(services);
  if (env.role !== "web") {
    const worker = startWorker({ store, queue, handlers, services, log });
    lifetime.opened("jobs", () => worker.close(8_000), 15_000);
    const templates = makeTemplatesAhead(services);
    lifetime.opened("templates", () => templates, 5_000);
  }
  if (env.role === "worker") return;
  const endLooks = keepLooks(services);
  lifetime.opened("looks", async () => endLooks(), 1_000);
  const endHashing = startHashing();
  lifetime.opened("hashing", async () => endHashing(), 1_000);
  const door = listen(createApp(services), env);
  lifetime.opened("requests", () => door.stop(5_000), 10_000);
  greet(env, log, { port: door.port, demo });
}

/** Without its demonstration the app still serves. */
async function makeDemo(services: Services): Promise<Greeting["demo"]> {
  const password = demoPasswordOf(services.env);
  try {
    await seedDemo(services, password);
  } catch (error) {
    services.log.error(
      { err: error },
      "The demonstration could not be completed; the next start tries again",
    );
  }
  const hospitals = demoHospitals.flatMap(({ subdomain, staff }) =>
    ["admin" as const, ...staff.map((person) => person.roleKey)].map((role) => ({
      host: subdomain,
      email: demoEmail(subdomain, role),
      role,
    })),
  );
  return { password, accounts: [{ host: "owner", email: demoOwnerEmail, role: "owner" }, ...hospitals] };
}

async function main(given: readonly string[]): Promise<void> {
  if (given.includes("--help")) {
    process.stdout.write(help);
    return;
  }
  const unknown = given.find((argument) => argument !== "--no-demo");
  if (unknown !== undefined) throw new EnvError(`${unknown} is not known. bin/start --help tells what is.`);
  const env = readEnv(process.env, given);
  const log = createLog(env);
  const lifetime = createLifetime(log);
  try {
    if (env.mode === "hospital") await startHospital(env, log, lifetime);
    else await start(env, log, lifetime);
    await lifetime.ending;
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  } finally {
    await lifetime.close();
  }
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  if (error instanceof EnvError || error instanceof AppError)
    process.stderr.write(`wardline: ${error.message}\n`);
  else console.error(error);
  process.exit(1);
}
