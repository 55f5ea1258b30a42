import { afterAll, afterEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClient } from "../../db/connect.ts";
import { postmasterOf, serves } from "../../db/embedded-process.ts";
import type { Place } from "../../db/planes.ts";
import { clusterOf, databasesOn, discard, run, type StartedApp, scratchData, until } from "./app.ts";

const isRoot = process.getuid?.() === 0;
const allowMs = 60_000;
// One directory for all but those that need a fresh one: making clusters is what takes time here.
const dataDir = scratchData();
const apps: StartedApp[] = [];

afterEach(async () => {
  for (const app of apps) app.kill("SIGKILL");
  await Promise.all(apps.splice(0).map((app) => app.exited));
  await until(() => databasesOn(dataDir).length === 0, 20_000);
}, allowMs);
afterAll(() => discard(dataDir));

function launch(directory: string): StartedApp {
  const app = run("tests/boot/databases-only.ts", [directory]);
  apps.push(app);
  return app;
}

/** Starts the two servers of a directory, in a process that can be killed. */
async function start(directory: string): Promise<{ app: StartedApp; local: Place; online: Place }> {
  const app = launch(directory);
  const said = await app.says("whole");
  const [local, online] = JSON.parse(/up (.*) whole/.exec(said)?.[1] ?? "[]") as [Place, Place];
  return { app, local, online };
}

async function stop(app: StartedApp): Promise<void> {
  app.kill("SIGTERM");
  expect(await app.exited).toBe(0);
}

async function ask(place: Place, sql: string): Promise<Record<string, unknown>[]> {
  const client = openClient(place, { max: 1 });
  try {
    return [...(await client.unsafe(sql))];
  } finally {
    await client.end({ timeout: 5 });
  }
}

describe("the embedded databases", () => {
  test(
    "two servers, reached from this machine only, by password only, in UTC",
    async () => {
      const { local, online } = await start(dataDir);
      expect(local.port).not.toBe(online.port);
      for (const place of [local, online]) {
        const settings = await ask(
          place,
          `select current_setting('listen_addresses') as listens, current_setting('TimeZone') as zone,
                current_setting('server_encoding') as encoding, current_setting('fsync') as fsync`,
        );
        expect(settings).toEqual([{ listens: "127.0.0.1", zone: "UTC", encoding: "UTF8", fsync: "on" }]);
        expect(ask({ ...place, password: "guess" }, "select 1")).rejects.toThrow(
          /password authentication failed/,
        );
      }
    },
    allowMs,
  );

  test(
    "an app killed by force leaves no server behind, and committed rows are there at the next start",
    async () => {
      const first = await start(dataDir);
      await ask(first.local, "create table kept as select 42 as answer");
      first.app.kill("SIGKILL");
      await until(() => databasesOn(dataDir).length === 0);
      const second = await start(dataDir);
      expect([second.local, second.online]).toEqual([first.local, first.online]);
      expect(await ask(second.local, "select answer from kept")).toEqual([{ answer: 42 }]);
    },
    allowMs,
  );

  test(
    "servers that a killed start left running are stopped by the next, which keeps their ports",
    async () => {
      const first = await start(dataDir);
      const left = databasesOn(dataDir);
      // Stopped, they cannot answer the guards: as if the guards had been killed too.
      for (const pid of left) process.kill(pid, "SIGSTOP");
      first.app.kill("SIGKILL");
      await first.app.exited;
      const next = launch(dataDir);
      for (const pid of left) process.kill(pid, "SIGCONT");
      await next.says("whole");
      expect(next.said()).toContain(`"port":${first.local.port}`);
      expect(next.said()).toContain(`"port":${first.online.port}`);
      for (const name of ["local", "online"])
        expect(left.some((pid) => serves(pid, clusterOf(dataDir, name)))).toBe(false);
    },
    allowMs,
  );

  test(
    "a server that falls is started again at the same address while the app goes on",
    async () => {
      const { app, local } = await start(dataDir);
      process.kill(postmasterOf(clusterOf(dataDir, "local"))?.pid ?? 0, "SIGKILL");
      await app.says("The database server is back");
      expect(await ask(local, "select 1 as one")).toEqual([{ one: 1 }]);
      await stop(app);
      expect(databasesOn(dataDir)).toEqual([]);
    },
    allowMs,
  );

  test(
    "a second start on the same data is refused and told which process has it",
    async () => {
      const { app } = await start(dataDir);
      const second = launch(dataDir);
      expect(await second.exited).toBe(1);
      expect(second.said()).toContain(`process ${app.pid}`);
      expect(databasesOn(dataDir)).toHaveLength(2);
    },
    allowMs,
  );

  test(
    "a process of someone else, named by a stale pid file, is let be",
    async () => {
      await stop((await start(dataDir)).app);
      const bystander = Bun.spawn(["sleep", "60"]);
      writeFileSync(
        join(clusterOf(dataDir, "local"), "postmaster.pid"),
        `${bystander.pid}\n${clusterOf(dataDir, "local")}\n`,
      );
      const { local } = await start(dataDir);
      expect(await ask(local, "select 1 as one")).toEqual([{ one: 1 }]);
      expect(bystander.exitCode).toBeNull();
      bystander.kill();
    },
    allowMs,
  );

  test(
    "the servers' logs hold no statement and no value of one that failed",
    async () => {
      const { local } = await start(dataDir);
      await ask(local, "create table people as select 'Zaynab-Secret' as name");
      await ask(local, "alter table people add primary key (name)");
      expect(ask(local, "insert into people values ('Zaynab-Secret')")).rejects.toThrow(/duplicate key/);
      expect(ask(local, "select 'Zaynab-Secret'::int")).rejects.toThrow(/invalid input syntax/);
      const log = readFileSync(join(dataDir, "log/postgres-local.log"), "utf8");
      expect(log).toContain("ready to accept connections");
      expect(log).not.toContain("Zaynab-Secret");
    },
    allowMs,
  );

  test(
    "a cluster half made by a killed start is never taken for a whole one",
    async () => {
      const fresh = scratchData();
      const home = join(fresh, "postgres");
      const first = launch(fresh);
      await until(() => existsSync(home) && readdirSync(home).some((name) => name.includes(".")));
      first.kill("SIGKILL");
      await first.exited;
      expect(existsSync(join(home, "local"))).toBe(false);
      const { app, local, online } = await start(fresh);
      for (const place of [local, online]) expect(await ask(place, "select 1 as one")).toEqual([{ one: 1 }]);
      await stop(app);
      await discard(fresh);
    },
    allowMs,
  );

  test.skipIf(!isRoot)(
    "root's data may lie below a directory that only root may enter",
    async () => {
      const closed = mkdtempSync(join(tmpdir(), "wardline-boot-"));
      const inside = join(closed, "data");
      mkdirSync(inside);
      const first = await start(inside);
      await ask(first.local, "create table kept as select 42 as answer");
      await stop(first.app);
      const second = await start(inside);
      expect(await ask(second.local, "select answer from kept")).toEqual([{ answer: 42 }]);
      await stop(second.app);
      rmSync(realpathSync(join(inside, "postgres")), { recursive: true });
      rmSync(closed, { recursive: true });
    },
    allowMs,
  );
});
