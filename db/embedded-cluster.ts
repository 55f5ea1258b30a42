import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../server/errors.ts";
import type { Log } from "../server/log.ts";
import type { Binaries } from "./embedded-binaries.ts";
import type { Home } from "./embedded-home.ts";
import { clearOrphan, postmasterOf, signal, stopServer } from "./embedded-process.ts";
import { syncDirectory } from "./embedded-reach.ts";
import { settings } from "./embedded-settings.ts";

/** One cluster: a directory, the server on it, and what is needed to bring it back when it falls. */
export interface ClusterPlan {
  readonly name: string;
  readonly home: Home;
  readonly binaries: Binaries;
  readonly password: string;
  readonly logFile: string;
  readonly log: Log;
  /** Nothing outlives a crash: for tests. */
  readonly throwAway: boolean;
}

export interface Cluster {
  stop(): Promise<void>;
}

const logLimitBytes = 8 * 1024 * 1024;

function directoryOf(plan: ClusterPlan): string {
  return join(plan.home.directory, plan.name);
}

function failed(plan: ClusterPlan, what: string, detail: string): AppError {
  return new AppError(
    "unavailable",
    "embedded.failed",
    `Postgres (${plan.name}) ${what}. Its own words: ${detail.trim() || "none"} (log: ${plan.logFile})`,
  );
}

/** Makes the cluster aside and gives it its name last, so that a directory with the name is always whole. */
async function create(plan: ClusterPlan): Promise<void> {
  const { home } = plan;
  const making = join(home.directory, `${plan.name}.making`);
  const passwordFile = join(home.directory, `${plan.name}.password`);
  rmSync(making, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, plan.password, { mode: 0o600, flag: "wx" });
  chownSync(passwordFile, home.who.uid, home.who.gid);
  const given = [
    "-D",
    making,
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "-A",
    "scram-sha-256",
    `--pwfile=${passwordFile}`,
  ];
  const child = spawn(join(plan.binaries, "bin/initdb"), plan.throwAway ? [...given, "--no-sync"] : given, {
    ...home.as,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let words = "";
  child.stderr?.on("data", (part) => {
    words += part;
  });
  const [code] = (await once(child, "close")) as [number | null];
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw failed(plan, "could not make its data directory", words);
  renameSync(making, directoryOf(plan));
  syncDirectory(home.directory);
}

/** Stops the server when this process ends in any way, kill -9 among them: its end of the pipe closes then. */
function guard(plan: ClusterPlan, pid: number): ChildProcess {
  const script = 'cat >/dev/null; read pid <"$1/postmaster.pid" && [ "$pid" = "$2" ] && kill -INT "$2"';
  const child = spawn("/bin/sh", ["-c", script, "guard", directoryOf(plan), String(pid)], {
    ...plan.home.as,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  child.unref();
  return child;
}

function trimLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < logLimitBytes) return;
  renameSync(file, `${file}.1`);
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** Starts the server and waits until it takes connections; recovery after a crash may take its time. */
async function launch(plan: ClusterPlan, port: number): Promise<Running> {
  const directory = directoryOf(plan);
  trimLog(plan.logFile);
  const from = existsSync(plan.logFile) ? statSync(plan.logFile).size : 0;
  const output = openSync(plan.logFile, "a", 0o600);
  const child = spawn(
    join(plan.binaries, "bin/postgres"),
    ["-D", directory, ...settings(port, plan.throwAway)],
    {
      ...plan.home.as,
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", output, output],
      detached: true,
    },
  );
  closeSync(output);
  let over = false;
  const ended = once(child, "exit").finally(() => {
    over = true;
  });
  ended.catch(() => {});
  for (;;) {
    const seen = postmasterOf(directory);
    if (seen?.ready && seen.pid === child.pid) break;
    if (over)
      throw failed(plan, "did not start", readFileSync(plan.logFile, "utf8").slice(from).slice(-2_000));
    await Bun.sleep(10);
  }
  const keeper = guard(plan, child.pid ?? 0);
  void ended.then(() => keeper.stdin?.end());
  return { child, ended };
}

/** A server killed by force leaves children that hold its memory for a moment; a start meets that with a retry. */
async function launchAgain(plan: ClusterPlan, port: number, attempts: number): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
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
  if (!existsSync(directory)) await create(plan);
  const version = readFileSync(join(directory, "PG_VERSION"), "utf8").trim();
  if (version !== "18")
    throw failed(plan, "is of another version", `its files are of ${version}, the server is 18`);
  if (await clearOrphan(directory))
    plan.log.warn({ cluster: plan.name }, "Stopped a database server that an earlier start left behind");

  let stopping = false;
  let running = await launchAgain(plan, port, 4);
  const tend = async (): Promise<void> => {
    for (let fallen = 0; !stopping; ) {
      const since = performance.now();
      await running.ended;
      if (stopping) return;
      fallen = performance.now() - since > 60_000 ? 1 : fallen + 1;
      plan.log.error({ cluster: plan.name, fallen }, "A database server fell; starting it again");
      await Bun.sleep(Math.min(100 * 2 ** fallen, 10_000));
      while (!stopping) {
        try {
          running = await launch(plan, port);
          plan.log.info({ cluster: plan.name }, "The database server is back");
          break;
        } catch (error) {
          plan.log.error({ cluster: plan.name, err: error }, "The database server does not come back yet");
          await Bun.sleep(2_000);
        }
      }
    }
  };
  const tending = tend();
  const trimming = setInterval(() => truncateLog(plan.logFile), 10 * 60_000);
  trimming.unref();

  return {
    async stop() {
      stopping = true;
      clearInterval(trimming);
      const server = postmasterOf(directory);
      if (server !== null) await stopServer(server.pid, directory, 15_000);
      else if (running.child.exitCode === null && running.child.pid !== undefined)
        signal(running.child.pid, "SIGINT");
      await running.ended;
      await tending;
    },
  };
}

/** While the server holds its log open, a rename would not free it. */
function truncateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < logLimitBytes) return;
  writeFileSync(file, "");
}
