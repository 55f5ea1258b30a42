import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clearOrphan, postmasterOf, stopServer } from "./embedded-process.ts";
import {
  type ClusterPlan,
  clearHalfMade,
  create,
  directoryOf,
  failed,
  launch,
  type Running,
  truncateLog,
} from "./embedded-server.ts";

/** A cluster with its server running, brought back whenever it falls. */
export interface Cluster {
  stop(): Promise<void>;
}

/** A server killed by force leaves children that hold its memory for a moment; a start meets that with a retry. */
async function launchPatiently(plan: ClusterPlan, port: number, attempts: number): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    if (await clearOrphan(directoryOf(plan)))
      plan.log.warn({ cluster: plan.name }, "Stopped a database server that an earlier start left behind");
    try {
      return await launch(plan, port);
    } catch (error) {
      if (attempt >= attempts) throw error;
      await Bun.sleep(Math.min(200 * 2 ** attempt, 2_000));
    }
  }
}

/**
 * Makes the cluster where it is missing, starts it, and from then on starts it again whenever it falls.
 * @throws AppError unavailable with Postgres's own words
 */
export async function startCluster(plan: ClusterPlan, port: number): Promise<Cluster> {
  const directory = directoryOf(plan);
  clearHalfMade(plan);
  if (!existsSync(directory)) await create(plan);
  const version = readFileSync(join(directory, "PG_VERSION"), "utf8").trim();
  if (version !== "18")
    throw failed(plan, "is of another version", `its files are of ${version}, the server is 18`);

  const stopping = Promise.withResolvers<"stopping">();
  let stopped = false;
  let running = await launchPatiently(plan, port, 4);
  /** True when it is time to stop. */
  const pause = async (milliseconds: number): Promise<boolean> =>
    (await Promise.race([stopping.promise, Bun.sleep(milliseconds)])) === "stopping";

  const tend = async (): Promise<void> => {
    for (let falls = 0; ; ) {
      const since = performance.now();
      await running.ended;
      if (stopped) return;
      falls = performance.now() - since > 60_000 ? 1 : falls + 1;
      plan.log.error({ cluster: plan.name, falls }, "A database server fell; starting it again");
      for (let back = false; !back; ) {
        if (await pause(Math.min(50 * 2 ** falls, 10_000))) return;
        try {
          running = await launchPatiently(plan, port, 1);
          back = true;
          plan.log.info({ cluster: plan.name }, "The database server is back");
        } catch (error) {
          falls += 1;
          plan.log.error({ cluster: plan.name, err: error }, "The database server does not come back yet");
        }
      }
      if (stopped) return;
    }
  };
  const tending = tend();
  const trimming = setInterval(() => truncateLog(plan.logFile), 10 * 60_000);
  trimming.unref();

  return {
    async stop() {
      stopped = true;
      stopping.resolve("stopping");
      clearInterval(trimming);
      if (running.child.pid !== undefined) await stopServer(running.child.pid, directory, 15_000);
      await tending;
      const late = postmasterOf(directory);
      if (late !== null) await stopServer(late.pid, directory, 15_000);
    },
  };
}
