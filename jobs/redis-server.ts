import { existsSync, readFileSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Log } from "../server/log.ts";
import { findRedisProgram, prepareRedisFiles, type RedisFiles } from "./redis-files.ts";
import { pause } from "./within.ts";

/** A Redis (or Valkey) of the app's own, for a machine that has the program and no server set up. */
export interface RedisServer {
  /** For `createQueue` and `startWorker`: a socket path with its password. */
  readonly url: string;
  readonly pid: number;
  /** Ends the server, its data on disk. */
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** The server's files lie in `redis/` under it. One app at a time uses it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Where programs are looked for; the PATH unless told. */
  readonly searchPath?: string;
}

const startWithinMs = 10_000;
const stopWithinMs = 5_000;

/**
 * Starts `redis-server` or `valkey-server`, found on the path, behind a socket that only this user can open:
 * 1. a server that a killed app left behind is used again, or ended where it no longer answers;
 * 2. jobs are written to disk (append-only) and never evicted; a file that can't be read is put aside, since
 *    every fact a job acts on is in Postgres;
 * 3. a server that dies is started again;
 * 4. it has a process group of its own, so that Ctrl-C ends the app first and the server after it.
 * @returns null where there is no such program, or only one older than version 5.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer | null> {
  const program = await findRedisProgram(options.searchPath);
  if (program === null) return null;
  const server = await prepareRedisFiles(options.dataDir);
  let pid = await adopt(server);
  if (pid !== null) options.log.info({ store: pid }, "using the job store that was left running");
  else pid = await startOrPutAside(program, server, options.log);

  const stopping = new AbortController();
  const watching = keepAlive(pid, program, server, options.log, stopping.signal, (next) => {
    pid = next;
  });
  return {
    url: `${server.socket}?password=${server.password}`,
    get pid() {
      return pid ?? 0;
    },
    async close() {
      stopping.abort();
      await watching;
      if (pid !== null) await end(pid);
    },
  };
}

/** The process id of the server that answers on the socket, or null. */
async function answering({ socket, password }: RedisFiles): Promise<number | null> {
  const client = new Redis({
    path: socket,
    password,
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return Number(/^process_id:(\d+)/m.exec(await client.info("server"))?.[1] ?? 0) || null;
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}

/** A server of a former run: used where it answers, ended where it doesn't. */
async function adopt(files: RedisFiles): Promise<number | null> {
  const pid = await answering(files);
  if (pid !== null) return pid;
  const left = Number(await readFile(files.pidFile, "utf8").catch(() => ""));
  if (Number.isInteger(left) && left > 1 && isOurs(left, files)) await end(left);
  return null;
}

/** Process ids are used again; only a process started for this very socket, or with this very file, is ours. */
function isOurs(pid: number, { config, socket }: RedisFiles): boolean {
  const command = commandOf(pid);
  return command.includes(config) || command.includes(socket);
}

function commandOf(pid: number): string {
  if (existsSync("/proc/self/cmdline"))
    return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
  return Bun.spawnSync(["ps", "-ww", "-o", "command=", "-p", String(pid)]).stdout.toString();
}

async function startOrPutAside(program: string, files: RedisFiles, log: Log): Promise<number> {
  const pid = await start(program, files);
  if (pid !== null) return pid;
  const aside = join(files.directory, `unreadable-${Date.now()}`);
  await rename(join(files.directory, "appendonlydir"), aside).catch(() => {});
  await rename(join(files.directory, "appendonly.aof"), `${aside}.aof`).catch(() => {});
  log.warn(
    { aside },
    "The job store could not read its file; it starts empty, and sweeps find the work again",
  );
  const second = await start(program, files);
  if (second !== null) return second;
  throw new Error(`${program} does not start; see ${join(files.directory, "server.log")}.`);
}

/** @returns the process id once it answers; null when it ended instead. */
async function start(program: string, files: RedisFiles): Promise<number | null> {
  const child = Bun.spawn([program, files.config], { stdio: ["ignore", "ignore", "ignore"], detached: true });
  child.unref();
  const deadline = Date.now() + startWithinMs;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if ((await answering(files)) === child.pid) return child.pid;
    await Bun.sleep(25);
  }
  child.kill("SIGKILL");
  return null;
}

/** Starts the server again when its process is gone. */
async function keepAlive(
  first: number,
  program: string,
  files: RedisFiles,
  log: Log,
  signal: AbortSignal,
  changed: (pid: number | null) => void,
): Promise<void> {
  let pid: number | null = first;
  for (let waitMs = 1_000; ; ) {
    await pause(waitMs, signal);
    if (signal.aborted) return;
    if (pid !== null && isAlive(pid)) {
      waitMs = 1_000;
      continue;
    }
    log.warn({ store: pid }, "The job store ended; starting it again");
    changed(null);
    pid = await startOrPutAside(program, files, log).catch(() => null);
    changed(pid);
    waitMs = pid === null ? Math.min(waitMs * 2, 30_000) : 1_000;
  }
}

/** A process that ended and was never collected (a container without an init) counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

async function end(pid: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + stopWithinMs;
    while (isAlive(pid) && Date.now() < deadline) await Bun.sleep(20);
  }
}
