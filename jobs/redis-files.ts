import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../server/crypto.ts";

/** BullMQ needs streams. */
const oldestMajor = 5;
/** A socket's path may be 103 bytes on macOS, 107 on Linux. */
const longestSocketPath = 100;

/** Where one server keeps what is its own. */
export interface RedisFiles {
  readonly directory: string;
  readonly socket: string;
  readonly password: string;
  readonly config: string;
  readonly pidFile: string;
}

/** The first of `redis-server` and `valkey-server` that is new enough. */
export async function findRedisProgram(searchPath: string | undefined): Promise<string | null> {
  for (const name of ["redis-server", "valkey-server"]) {
    const program = Bun.which(name, searchPath === undefined ? {} : { PATH: searchPath });
    if (program === null) continue;
    const { stdout } = Bun.spawnSync([program, "--version"], { stderr: "ignore" });
    const major = Number(/\bv=(\d+)\./.exec(stdout.toString())?.[1] ?? 0);
    if (major >= oldestMajor) return program;
  }
  return null;
}

/** Makes the folder, the password and the settings; what is there already is kept. */
export async function prepareRedisFiles(dataDir: string): Promise<RedisFiles> {
  const directory = join(dataDir, "redis");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const password = await passwordIn(join(directory, "password"));
  const socket = await socketFor(directory);
  const pidFile = join(directory, "server.pid");
  const config = join(directory, "server.conf");
  const settings = [
    "port 0",
    `unixsocket ${quoted(socket)}`,
    "unixsocketperm 700",
    `requirepass ${password}`,
    `dir ${quoted(directory)}`,
    `pidfile ${quoted(pidFile)}`,
    `logfile ${quoted(join(directory, "server.log"))}`,
    "loglevel warning",
    "daemonize no",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory-policy noeviction",
    "databases 1",
  ];
  await writeFile(config, `${settings.join("\n")}\n`, { mode: 0o600 });
  return { directory, socket, password, config, pidFile };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

async function passwordIn(file: string): Promise<string> {
  const known = await readFile(file, "utf8").catch(() => "");
  if (/^[0-9a-f]{48}$/.test(known)) return known;
  const made = randomBytes(24).toString("hex");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

async function socketFor(directory: string): Promise<string> {
  const near = join(directory, "server.sock");
  if (Buffer.byteLength(near) <= longestSocketPath) return near;
  const elsewhere = join(tmpdir(), `wardline-${sha256(directory).slice(0, 16)}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  await chmod(elsewhere, 0o700);
  return join(elsewhere, "server.sock");
}
