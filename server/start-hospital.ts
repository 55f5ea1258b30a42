import { nodeHandlers, nodeSchedules } from "../jobs/hospital/node.ts";
import { createQueue } from "../jobs/queue.ts";
import { startWorker } from "../jobs/worker.ts";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { AppError } from "./errors.ts";
import { urlOf } from "./foundation.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Log } from "./log.ts";
import { keepLooks } from "./looks.ts";
import { createCarrier } from "./node/carrier.ts";
import { startCourier } from "./node/courier.ts";
import { openNodeFoundation } from "./node/foundation.ts";
import { knownHere } from "./node/known.ts";
import { settleNode } from "./node/pool.ts";
import { listen } from "./serve.ts";
import { closeServices, createServices } from "./services.ts";

/**
 * Starts the one hospital of this server: its own database, jobs in that same database, its portal on every host.
 * Nothing here waits for the owner's server.
 * @throws AppError unavailable `node.not-joined` before the server has joined.
 */
export async function startHospital(env: Env, log: Log, lifetime: Lifetime): Promise<void> {
  const foundation = await openNodeFoundation(env, log);
  lifetime.opened("databases", () => foundation.close(), 25_000);
  const { keyring, admin, app } = foundation;
  const store = { redisUrl: env.redisUrl, postgresUrl: urlOf(admin) };
  const queue = createQueue({ ...store, log });
  const services = createServices({ env, log, keyring, queue, controlPlace: null, known: knownHere(app) });
  lifetime.opened("services", () => closeServices(services), 10_000);
  const carrier = createCarrier(log);
  lifetime.opened("carrying of changes", () => carrier.close(), 5_000);
  settleNode(services, foundation, carrier);
  const door = await services.resolver.door("");
  if (door?.portal !== "hospital") throw new Error("A hospital's own server shows its hospital.");
  const { hospital } = door;
  if (env.tenantId !== null && env.tenantId !== hospital.id)
    throw new AppError(
      "conflict",
      "node.other-hospital",
      `TENANT_ID is ${env.tenantId}; this server is ${hospital.subdomain}'s, which is ${hospital.id}.`,
    );
  if (env.role !== "web") {
    const worker = startWorker({
      ...{ store, queue, services, log },
      handlers: nodeHandlers,
      schedules: nodeSchedules,
    });
    lifetime.opened("jobs", () => worker.close(8_000), 15_000);
    const courier = startCourier(services);
    lifetime.opened("link to the owner", () => courier.close(), 5_000);
  }
  if (env.role === "worker") return;
  const endLooks = keepLooks(services);
  lifetime.opened("looks", async () => endLooks(), 1_000);
  const opened = listen(createApp(services), env);
  lifetime.opened("requests", () => opened.stop(5_000), 10_000);
  log.info(
    { port: opened.port, hospital: hospital.subdomain, mode: env.mode },
    "The hospital's server is ready",
  );
  process.stdout.write(
    `\n  ${hospital.name} is ready at http://localhost:${opened.port}\n  Data: ${env.dataDir}. Ctrl-C stops everything.\n\n`,
  );
}
