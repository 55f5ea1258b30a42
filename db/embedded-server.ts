import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { randomSecret } from "../server/crypto.ts";
import { AppError } from "../server/errors.ts";
import type { Log } from "../server/log.ts";
import type { Binaries } from "./embedded-binaries.ts";
import type { Home } from "./embedded-home.ts";
import { postmasterOf } from "./embedded-process.ts";
import { syncDirectory } from "./embedded-reach.ts";
import { settings } from "./embedded-settings.ts";

/** One cluster: its directory and what is needed to make and start it. */
export interface ClusterPlan {
  readonly name: string;
  readonly home: Home;
  readonly binaries: Binaries;
  readonly password: string;
  readonly logFile: string;
  readonly log: Log;
  /** For tests: the directory to remove once this process ends. Then nothing is written with care for crashes. */
  readonly throwAway: string | null;
  /** For benches and the fault laboratory: settings besides the product's own, which they overrule. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const logLimitBytes = 8 * 1024 * 1024;

export function directoryOf(plan: ClusterPlan): string {
  return join(plan.home.directory, plan.name);
}

export function failed(plan: ClusterPlan, what: string, detail: string): AppError {
  return new AppError(
    "unavailable",
    "embedded.failed",
    `Postgres (${plan.name}) ${what}. Its own words: ${detail.trim() || "none"} (log: ${plan.logFile})`,
  );
}

/** What a start that was killed left half made. An initdb that outlived it may still write there: then the next start tries. */
export function clearHalfMade(plan: ClusterPlan): void {
  for (const entry of readdirSync(plan.home.directory))
    if (entry.startsWith(`${plan.name}.`))
      rmSync(join(plan.home.directory, entry), { recursive: true, force: true, maxRetries: 3 });
}

/** Makes the cluster aside and gives it its name last, so that a directory with the name is always whole. */
export async function create(plan: ClusterPlan): Promise<void> {
  const { home } = plan;
  const aside = `${plan.name}.${randomSecret(6)}`;
  const making = join(home.directory, aside);
  const passwordFile = join(home.directory, `${aside}.password`);
  mkdirSync(making, { mode: 0o700 });
  chownSync(making, home.who.uid, home.who.gid);
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
  const child = spawn(
    join(plan.binaries, "bin/initdb"),
    plan.throwAway !== null ? [...given, "--no-sync"] : given,
    {
      ...home.as,
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
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

const stopWithApp = 'cat >/dev/null; read pid <"$1/postmaster.pid" && [ "$pid" = "$2" ] && kill -INT "$2"';
const removeWithApp = 'cat >/dev/null; kill -QUIT "$2"; while kill -0 "$2"; do sleep 0.1; done; rm -rf "$3"';

/** Stops the server when this process ends in any way, kill -9 among them: its end of the pipe closes then. */
function guard(plan: ClusterPlan, pid: number): ChildProcess {
  const script = plan.throwAway === null ? stopWithApp : removeWithApp;
  const given = [directoryOf(plan), String(pid), plan.throwAway ?? ""];
  const child = spawn("/bin/sh", ["-c", script, "guard", ...given], {
    // What a throw-away server leaves is removed by the one who made it.
    ...(plan.throwAway === null ? plan.home.as : {}),
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // A guard that someone killed is no reason to fall: the next start finds what it would have stopped.
  child.on("error", () => {});
  child.stdin?.on("error", () => {});
  child.unref();
  return child;
}

function trimLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < logLimitBytes) return;
  renameSync(file, `${file}.1`);
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** Starts the server and waits until it takes connections; recovery after a crash may take its time. */
export async function launch(plan: ClusterPlan, port: number): Promise<Running> {
  const directory = directoryOf(plan);
  trimLog(plan.logFile);
  const from = existsSync(plan.logFile) ? statSync(plan.logFile).size : 0;
  const output = openSync(plan.logFile, "a", 0o600);
  const child = spawn(
    join(plan.binaries, "bin/postgres"),
    ["-D", directory, ...settings(port, plan.throwAway !== null, plan.settings)],
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

/** While the server holds its log open, a rename would not free it. */
export function truncateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < logLimitBytes) return;
  writeFileSync(file, "");
}
