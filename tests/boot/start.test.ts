import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openClient } from "../../db/connect.ts";
import { freePort } from "../../db/embedded-settings.ts";
import { readEnv } from "../../server/env.ts";
import { openFoundation } from "../../server/foundation.ts";
import { createLog } from "../../server/log.ts";
import { databasesOn, discard, run, type StartedApp, scratchData, until } from "./app.ts";

const allowMs = 90_000;
const dataDir = scratchData();
const apps: StartedApp[] = [];

afterEach(async () => {
  for (const app of apps) app.kill("SIGKILL");
  await Promise.all(apps.splice(0).map((app) => app.exited));
  await until(() => databasesOn(dataDir).length === 0, 20_000);
}, allowMs);
afterAll(() => discard(dataDir));

function launch(args: readonly string[], env: Readonly<Record<string, string>>): StartedApp {
  const app = run("server/main.ts", args, { WARDLINE_DATA: dataDir, ...env });
  apps.push(app);
  return app;
}

describe("bin/start", () => {
  test(
    "serves, and on Ctrl-C ends with everything it started",
    async () => {
      const port = String(await freePort([]));
      const app = launch(["--no-demo"], { PORT: port });
      await app.says("is ready");
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
      app.kill("SIGINT");
      expect(await app.exited).toBe(0);
      expect(databasesOn(dataDir)).toEqual([]);
      expect(existsSync(join(dataDir, "redis/server.pid"))).toBe(false);
    },
    allowMs,
  );

  test(
    "without the demonstration there is no account at all",
    async () => {
      const port = String(await freePort([]));
      const app = launch(["--no-demo"], { PORT: port });
      const said = await app.says("is ready");
      expect(said).not.toContain("password of all");
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/owner/auth/login`, {
        method: "POST",
        headers: { host: "owner.localhost", "content-type": "application/json" },
        body: JSON.stringify({ email: "owner@wardline.example", password: "torture-Password-1" }),
      });
      expect(response.status).toBe(401);
    },
    allowMs,
  );

  test(
    "what hospitals are cloned from is made on both servers before anybody asks for one",
    async () => {
      const app = launch(["--no-demo"], { PORT: String(await freePort([])) });
      await app.says("is ready");
      const env = readEnv({ WARDLINE_DATA: dataDir }, ["--no-demo"]);
      const foundation = await openFoundation(env, createLog({ ...env, logLevel: "silent" }), {
        borrow: true,
      });
      try {
        for (const server of [foundation.servers.local, foundation.servers.online]) {
          if (server === null) throw new Error("The start has a server of each kind.");
          const sql = openClient({ ...server, database: "postgres" }, { max: 1 });
          const templates = () =>
            sql`select from pg_database where datname ~ '^wardline_template_[0-9a-f]{16}$' and datistemplate`;
          await until(async () => (await templates()).length === 1, 20_000);
          await sql.end();
        }
      } finally {
        await foundation.close();
      }
    },
    allowMs,
  );

  test(
    "killed by force in the midst of a start, the next one serves",
    async () => {
      const port = String(await freePort([]));
      const victim = launch(["--no-demo"], { PORT: port });
      await until(() => databasesOn(dataDir).length > 0, 30_000);
      victim.kill("SIGKILL");
      const app = launch(["--no-demo"], { PORT: port });
      await victim.exited;
      await app.says("is ready");
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    },
    allowMs,
  );

  test(
    "a port that was asked for and is taken is named, and nothing is left running",
    async () => {
      const holder = Bun.serve({ port: 0, hostname: "0.0.0.0", fetch: () => new Response() });
      const app = launch(["--no-demo"], { PORT: String(holder.port) });
      expect(await app.exited).toBe(1);
      expect(app.said()).toContain(`Port ${holder.port} is taken`);
      expect(databasesOn(dataDir)).toEqual([]);
      await holder.stop(true);
    },
    allowMs,
  );

  test("secrets are files that only their owner may read", () => {
    for (const name of ["master.key", "postgres.json"]) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(dataDir, "master.key"), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  });

  test(
    "an unknown argument or setting is named before anything is started",
    async () => {
      const argument = launch(["--wrong"], {});
      expect(await argument.exited).toBe(1);
      expect(argument.said()).toContain("--wrong");
      const setting = launch([], { PORT: "many" });
      expect(await setting.exited).toBe(1);
      expect(setting.said()).toContain("PORT");
    },
    allowMs,
  );
});
