import { readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { freePort } from "../../db/embedded-settings.ts";
import { createQueue } from "../../jobs/queue.ts";
import { systemClock } from "../../server/clock.ts";
import { readEnv } from "../../server/env.ts";
import { type Foundation, openFoundation, urlOf } from "../../server/foundation.ts";
import { createLog } from "../../server/log.ts";
import { closeServices, createServices } from "../../server/services.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { scratchDirectory } from "../../tests/support/scratch.ts";

const root = resolve(import.meta.dir, "../..");

/** Whom the bench signs in as. */
export const benchAdmin = {
  name: "Bench Admin",
  email: "bench@wardline.example",
  password: "lantern-harbour-quiet-7",
};

/** The product as it is started, in a directory of its own, and a door into its databases for the bench. */
export interface Stand {
  readonly port: number;
  readonly pid: number;
  readonly foundation: Foundation;
  /** Services of the bench's own on the same databases; hears the statements of hospital pools. */
  readonly services: Services;
  readonly heard: { text: string; values: readonly unknown[] }[];
  close(): Promise<void>;
}

/** Waits until a started app serves. */
export async function ready(port: number, app: Bun.Subprocess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (app.exitCode !== null) throw new Error("The app ended before it served.");
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await Bun.sleep(100);
  }
  throw new Error("The app did not come up within a minute.");
}

/**
 * Starts the app as `bin/start --no-demo` does and waits until it serves.
 * @param options.apart in a session of its own, whose priority can be set; whoever asks for it ends it on Ctrl-C.
 * @param options.role what the process does, as `WARDLINE_ROLE`.
 */
export async function openStand(
  options: { readonly apart?: boolean; readonly role?: "all" | "web" } = {},
): Promise<Stand> {
  const built = Bun.spawnSync([process.execPath, "bin/build-css.ts"], { cwd: root, stderr: "inherit" });
  if (!built.success) throw new Error("The styles could not be built.");
  const dataDir = scratchDirectory("wardline-bench-");
  const port = await freePort([]);
  const settings = {
    ...process.env,
    WARDLINE_DATA: dataDir,
    PORT: String(port),
    WARDLINE_LOG: "warn",
    WARDLINE_LISTEN: "127.0.0.1",
    WARDLINE_ROLE: options.role ?? "all",
  };
  const app = Bun.spawn([process.execPath, "server/main.ts", "--no-demo"], {
    cwd: root,
    env: settings,
    detached: options.apart ?? false,
    stdout: "ignore",
    stderr: "inherit",
  });
  try {
    await ready(port, app);
  } catch (error) {
    app.kill("SIGTERM");
    await app.exited;
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  const env = readEnv(settings, ["--no-demo"]);
  const log = createLog({ ...env, logLevel: "silent" });
  const foundation = await openFoundation(env, log, { borrow: true });
  const heard: Stand["heard"] = [];
  const queue = createQueue({ redisUrl: null, postgresUrl: urlOf(foundation.control), log });
  const services = createServices({
    ...{
      env,
      log,
      queue,
      clock: systemClock,
      keyring: foundation.keyring,
      controlPlace: foundation.control,
    },
    connect: { heard: (text, values) => heard.push({ text, values }) },
  });
  return {
    ...{ port, pid: app.pid, foundation, services, heard },
    async close() {
      await closeServices(services);
      await foundation.close();
      app.kill("SIGTERM");
      await app.exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process in megabytes, as the kernel counts it. */
export function residentMegabytes(pid: number): number {
  if (process.platform !== "linux")
    return Number(Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]).stdout.toString()) / 1024;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
