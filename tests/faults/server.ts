import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findBinaries } from "../../db/embedded-binaries.ts";
import { findHome } from "../../db/embedded-home.ts";
import { clearOrphan, stopServer } from "../../db/embedded-process.ts";
import { type ClusterPlan, create, directoryOf, launch, type Running } from "../../db/embedded-server.ts";
import { freePort } from "../../db/embedded-settings.ts";
import type { Place } from "../../db/planes.ts";
import { randomSecret } from "../../server/crypto.ts";
import { createLog } from "../../server/log.ts";

/**
 * A Postgres of the laboratory's own, that can be killed, brought back and set back to an older image. It ends
 * with this process. A killed process loses nothing that it has written to the operating system, so nothing
 * waits for the disk; a commit is still written before it is acknowledged.
 */
export interface LabServer {
  readonly name: string;
  readonly place: Place;
  /** kill -9 of the postmaster, then a start from what is on the disk. Answers how long until it took connections. */
  killAndRestart(downMs: number): Promise<number>;
  /** Stops it and starts it again with other settings. */
  restartWith(settings: Readonly<Record<string, string | number>>): Promise<void>;
  /** Keeps what is on the disk now as the image to go back to. */
  takeImage(): Promise<void>;
  /** Runs on the image; `putBack` undoes it. */
  rollBack(): Promise<void>;
  /** Runs again on what was there before `rollBack`. */
  putBack(): Promise<void>;
  stop(): Promise<void>;
}

const settingsOfLab = {
  fsync: "off",
  synchronous_commit: "on",
  max_prepared_transactions: 8,
  max_wal_size: "128MB",
  min_wal_size: "32MB",
  shared_buffers: "48MB",
  max_connections: 80,
};

export async function startLabServer(
  dataDir: string,
  name: string,
  besides: Readonly<Record<string, string | number>> = settingsOfLab,
): Promise<LabServer> {
  mkdirSync(join(dataDir, "log"), { recursive: true, mode: 0o700 });
  const home = findHome(dataDir);
  const password = randomSecret();
  let plan: ClusterPlan = {
    name,
    home,
    binaries: findBinaries(home.who),
    password,
    logFile: join(dataDir, "log", `${name}.log`),
    log: createLog({ logLevel: "fatal" }),
    throwAway: null,
    settings: besides,
  };
  await create(plan);
  const directory = directoryOf(plan);
  const image = `${directory}-image`;
  const aside = `${directory}-aside`;
  const port = await freePort([]);

  /** The memory of a killed server is held by its children for a moment; a start meets that with a retry. */
  const start = async (): Promise<Running> => {
    for (let attempt = 1; ; attempt += 1) {
      await clearOrphan(directory);
      try {
        return await launch(plan, port);
      } catch (error) {
        if (attempt === 50) throw error;
        await Bun.sleep(100);
      }
    }
  };
  let running = await start();
  const halt = async (): Promise<void> => {
    await stopServer(running.child.pid ?? 0, directory, 20_000);
    await running.ended;
  };
  const copy = async (from: string, to: string): Promise<void> => {
    rmSync(to, { recursive: true, force: true });
    await Bun.$`cp -a ${from} ${to}`.quiet();
  };
  return {
    name,
    place: { host: "127.0.0.1", port, database: "postgres", user: "postgres", password, schema: "public" },
    async killAndRestart(downMs) {
      process.kill(running.child.pid ?? 0, "SIGKILL");
      await running.ended;
      await Bun.sleep(downMs);
      const started = performance.now();
      running = await start();
      return performance.now() - started;
    },
    async restartWith(other) {
      await halt();
      plan = { ...plan, settings: other };
      running = await start();
    },
    async takeImage() {
      await halt();
      await copy(directory, image);
      running = await start();
    },
    async rollBack() {
      await halt();
      rmSync(aside, { recursive: true, force: true });
      await Bun.$`mv ${directory} ${aside}`.quiet();
      await copy(image, directory);
      running = await start();
    },
    async putBack() {
      await halt();
      rmSync(directory, { recursive: true, force: true });
      await Bun.$`mv ${aside} ${directory}`.quiet();
      running = await start();
    },
    async stop() {
      // Nothing is kept of it.
      running.child.kill("SIGQUIT");
      await running.ended;
    },
  };
}
