import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createQueue } from "../../jobs/queue.ts";
import { type RedisServer, startRedisServer } from "../../jobs/redis-server.ts";
import { startWorker } from "../../jobs/worker.ts";
import { eventLog, handlersWith } from "./handlers.ts";
import { isHere, silent } from "./stores.ts";

setDefaultTimeout(30_000);

describe("a job store of the app's own", () => {
  if (!isHere("redis")) {
    test.skip("SKIPPED: no redis-server on this machine", () => {});
    return;
  }

  let dataDir: string;
  const servers: RedisServer[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "wardline-redis-"));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(directory = dataDir): Promise<RedisServer> {
    const server = await startRedisServer({ dataDir: directory, log: silent });
    if (server === null) throw new Error("There is no redis-server here.");
    servers.push(server);
    return server;
  }

  async function ask<T>(server: RedisServer, what: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(server.url, { maxRetriesPerRequest: 1 });
    client.on("error", () => {});
    try {
      return await what(client);
    } finally {
      client.disconnect();
    }
  }

  /** One that ended and was never collected does not count. */
  const isRunning = (pid: number) =>
    /^[^Z]/.test(
      Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
        .stdout.toString()
        .trim(),
    );

  test("what was written is there after a stop and a start, and the process is gone in between", async () => {
    const first = await start();
    await ask(first, (client) => client.set("kept", "yes"));
    const { pid } = first;
    await first.close();
    expect(isRunning(pid)).toBe(false);
    expect(await ask(await start(), (client) => client.get("kept"))).toBe("yes");
  });

  test("nobody but this user may open it, and not without the password", async () => {
    const server = await start();
    const [path = ""] = server.url.split("?");
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(dataDir, "redis")).mode & 0o077).toBe(0);
    const stranger = new Redis(path, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    stranger.on("error", () => {});
    expect(stranger.get("kept")).rejects.toThrow("NOAUTH");
    await stranger.get("kept").catch(() => {});
    stranger.disconnect();
    expect(await ask(server, (client) => client.config("GET", "maxmemory-policy"))).toContain("noeviction");
  });

  test("the server that a killed app left behind is used again", async () => {
    const module = join(import.meta.dir, "../../jobs/redis-server.ts");
    const script = `
      const { startRedisServer } = await import(${JSON.stringify(module)});
      const log = { info() {}, warn() {} };
      const server = await startRedisServer({ dataDir: ${JSON.stringify(dataDir)}, log });
      console.log(server.pid);
      await new Promise(() => setInterval(() => {}, 1000));`;
    const app = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    const { value } = await app.stdout.getReader().read();
    const orphan = Number(new TextDecoder().decode(value));
    app.kill("SIGKILL");
    await app.exited;
    expect(isRunning(orphan)).toBe(true);
    const server = await start();
    expect(server.pid).toBe(orphan);
    await server.close();
    expect(isRunning(orphan)).toBe(false);
  });

  test("one that no longer answers is ended and another started", async () => {
    const stuck = await start();
    const { pid } = stuck;
    process.kill(pid, "SIGSTOP");
    const next = await start();
    expect(next.pid).not.toBe(pid);
    expect(isRunning(pid)).toBe(false);
    expect(await ask(next, (client) => client.ping())).toBe("PONG");
  });

  test("a file that cannot be read is put aside", async () => {
    const first = await start();
    await ask(first, (client) => client.set("kept", "yes"));
    await first.close();
    const folder = join(dataDir, "redis", "appendonlydir");
    for (const name of readdirSync(folder))
      writeFileSync(join(folder, name), `not a command\n${readFileSync(join(folder, name), "latin1")}`);
    const next = await start();
    expect(await ask(next, (client) => client.get("kept"))).toBeNull();
    expect(readdirSync(join(dataDir, "redis")).some((name) => name.startsWith("unreadable-"))).toBe(true);
  });

  test("a folder whose path is too long for a socket does", async () => {
    const server = await start(join(dataDir, "a-long-name-of-a-folder-".repeat(5)));
    expect(await ask(server, (client) => client.ping())).toBe("PONG");
  });

  test("a machine without the program gets none", async () => {
    expect(await startRedisServer({ dataDir, log: silent, searchPath: dataDir })).toBeNull();
  });

  test("killed in the middle of the work it comes back, and no job is lost", async () => {
    const server = await start();
    const store = { redisUrl: server.url, postgresUrl: null };
    const queue = createQueue({ ...store, log: silent });
    const done = eventLog<string>();
    const worker = startWorker({
      store,
      queue,
      handlers: handlersWith({
        "sync.push": async ({ tenantId = "" }) => {
          await Bun.sleep(5);
          done.add(tenantId);
        },
      }),
      services: null,
      log: silent,
      schedules: [],
    });
    const hospitals = Array.from({ length: 200 }, () => Bun.randomUUIDv7());
    await Promise.all(hospitals.map((tenantId) => queue.add("sync.push", { tenantId }, { delayMs: 1_200 })));
    await worker.ready;
    // "everysec" writes once a second: what was added longer ago than that is on disk.
    await done.nth(20);
    const { pid } = server;
    process.kill(pid, "SIGKILL");
    while (new Set(done.all).size < hospitals.length) await Bun.sleep(50);
    expect(new Set(done.all)).toEqual(new Set(hospitals));
    expect(server.pid).not.toBe(pid);
    await worker.close(1_000);
    await queue.close();
    // A job handed out at the very moment of the kill is given out anew once its lock of 30 s has run out.
  }, 120_000);
});
