import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../server/errors.ts";

/** What Postgres writes of itself into its data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly ready: boolean;
}

/** The server that wrote `postmaster.pid` here, whether or not it lives. */
export function postmasterOf(directory: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number.parseInt(lines[0] ?? "", 10);
  return pid > 0 ? { pid, ready: (lines[7] ?? "").startsWith("ready") } : null;
}

/** Whether a process is the server of a directory. A process id comes round again, so its command line must say so. */
export function serves(pid: number, directory: string): boolean {
  if (existsSync("/proc/self/cmdline")) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\u0000").includes(directory);
    } catch {
      return false;
    }
  }
  return (
    spawnSync("ps", ["-o", "args=", "-ww", "-p", String(pid)])
      .stdout?.toString()
      .includes(directory) ?? false
  );
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function gone(pid: number, directory: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (serves(pid, directory)) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(20);
  }
  return true;
}

/** Stops the server of a directory, gently at first: fast, then immediate, then by force. */
export async function stopServer(pid: number, directory: string, gentlyForMs: number): Promise<void> {
  if (!serves(pid, directory)) return;
  signal(pid, "SIGINT");
  if (await gone(pid, directory, gentlyForMs)) return;
  signal(pid, "SIGQUIT");
  if (await gone(pid, directory, 5_000)) return;
  signal(pid, "SIGKILL");
  if (await gone(pid, directory, 5_000)) return;
  throw new AppError(
    "unavailable",
    "embedded.will-not-stop",
    `The Postgres server of ${directory} (process ${pid}) does not stop.`,
  );
}

/** Ends the server that a killed process left behind, and clears what it left. The data directory's lock is held. */
export async function clearOrphan(directory: string): Promise<boolean> {
  const orphan = postmasterOf(directory);
  if (orphan === null) return false;
  const lives = serves(orphan.pid, directory);
  await stopServer(orphan.pid, directory, 20_000);
  rmSync(join(directory, "postmaster.pid"), { force: true });
  return lives;
}
