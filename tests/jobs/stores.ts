import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { openClient } from "../../db/connect.ts";
import type { QueueStore } from "../../jobs/backend.ts";
import { startRedisServer } from "../../jobs/redis-server.ts";
import type { Log } from "../../server/log.ts";
import { testCluster } from "../support/database.ts";

export const silent: Log = pino({ level: "silent" });

/** A store of a test's own, reached through a line that can be cut. */
export interface TestStore {
  readonly store: QueueStore;
  /** The line goes dead: what is open is cut, what is new is refused. */
  cut(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export const kinds = ["redis", "postgres"] as const;
export type Kind = (typeof kinds)[number];

/** Whether this machine has the program; a test of Redis says loudly that it did not run. */
export function isHere(kind: Kind): boolean {
  const here =
    kind === "postgres" || Bun.which("redis-server") !== null || Bun.which("valkey-server") !== null;
  if (!here) console.warn("SKIPPED: jobs on Redis. Neither redis-server nor valkey-server is on the path.");
  return here;
}

export function openStore(kind: Kind): Promise<TestStore> {
  return kind === "redis" ? openRedis() : openPostgres();
}

async function openRedis(): Promise<TestStore> {
  const dataDir = mkdtempSync(join(tmpdir(), "wardline-jobs-"));
  const server = await startRedisServer({ dataDir, log: silent });
  if (server === null) throw new Error("There is no redis-server here.");
  const [socket = "", password = ""] = server.url.split("?password=");
  const line = await openLine({ path: socket });
  return {
    store: { redisUrl: `redis://:${password}@127.0.0.1:${line.port}`, postgresUrl: null },
    ...line,
    async close() {
      line.cut();
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function openPostgres(): Promise<TestStore> {
  const { local } = await testCluster();
  const database = `jobs_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  const sql = openClient(local, { max: 1 });
  await sql.unsafe(`CREATE DATABASE ${database}`);
  const line = await openLine({ host: local.host, port: local.port });
  const signIn = `${encodeURIComponent(local.user)}:${encodeURIComponent(local.password)}`;
  return {
    store: { redisUrl: null, postgresUrl: `postgres://${signIn}@127.0.0.1:${line.port}/${database}` },
    ...line,
    async close() {
      line.cut();
      await sql.unsafe(`DROP DATABASE ${database} WITH (FORCE)`);
      await sql.end();
    },
  };
}

interface Line {
  readonly port: number;
  cut(): void;
  mend(): Promise<void>;
}

async function openLine(target: { path: string } | { host: string; port: number }): Promise<Line> {
  const open = new Set<Socket>();
  const join = (near: Socket): void => {
    const far = connect(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  };
  let server = await listen(join, 0);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The line has no port.");
  const { port } = address;
  return {
    port,
    cut() {
      server.close();
      for (const socket of open) socket.destroy();
    },
    async mend() {
      server = await listen(join, port);
    },
  };
}

function listen(joined: (socket: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(joined);
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
