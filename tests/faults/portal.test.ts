import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openStand, type Stand } from "../../bench/support/stand.ts";
import { openClient } from "../../db/connect.ts";
import type { App } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { systemClock } from "../../server/clock.ts";
import { recordServer } from "../../server/owner/servers/servers.ts";
import { discard, scratchData } from "../boot/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { type LabServer, startLabServer } from "./server.ts";

/** The real app as a process, one hospital on its own server and one on another, which is killed. */
let stand: Stand;
let annex: LabServer;
let dataDir: string;
let near: Client;
let far: Client;

beforeAll(async () => {
  dataDir = scratchData();
  [stand, annex] = await Promise.all([openStand(), startLabServer(dataDir, "annex")]);
  const { services } = stand;
  await services.connections.control.transaction((tx) =>
    recordServer(tx, services.keyring, {
      ...{ name: "annex", region: "annex", purpose: "primary" as const },
      admin: annex.place,
    }),
  );
  near = await hospitalAt("near", "local");
  far = await hospitalAt("far", "annex");
}, 180_000);
afterAll(async () => {
  await stand?.close();
  await annex?.stop();
  await discard(dataDir);
}, 60_000);

/** A new hospital on a server of that region, and its nurse, signed in over the wire. */
async function hospitalAt(subdomain: string, region: string): Promise<Client> {
  const { services, port } = stand;
  const { tenant } = await provisionHospital(services, systemOwner(services, "tests"), {
    companyName: `${subdomain} Hospital`,
    ...{
      subdomain,
      region,
      tenantDbName: `${subdomain}_hospital`,
      plan: "enterprise",
      isolation: "database",
    },
    firstAdmin: { name: "Amina Admin", email: emailOf("admin", subdomain), password },
  });
  const facts = await services.resolver.hospitalById(tenant.id);
  if (facts === null) throw new Error(`${subdomain} was made and is not found.`);
  const passwordHash = await hashPassword(password);
  await services.connections.hospital(facts.place).transaction(async (tx) => {
    await seedUser(
      tx,
      { hospital: facts, clock: systemClock },
      {
        ...{ name: "Nadia Nurse", email: emailOf("nurse", subdomain), passwordHash },
        ...{ roleKey: "nurse", departmentKey: "medical", mustChangePassword: false },
      },
    );
  });
  const overTheWire = {
    handle: async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const body = request.method === "GET" ? null : await request.arrayBuffer();
      return fetch(`http://127.0.0.1:${port}${pathname}${search}`, {
        ...{ method: request.method, headers: request.headers, body, redirect: "manual" },
        signal: AbortSignal.timeout(20_000),
      });
    },
  };
  return new Client(overTheWire as unknown as App, `${subdomain}.localhost`).signIn(
    emailOf("nurse", subdomain),
    password,
  );
}

interface Watch {
  readonly statuses: number[];
  slowestMs: number;
  stop(): Promise<void>;
}

/** Opens a page and a list of a hospital again and again. */
function watch(client: Client): Watch {
  let watching = true;
  const seen: Watch = {
    ...{ statuses: [], slowestMs: 0 },
    async stop() {
      watching = false;
      await running;
    },
  };
  const running = (async () => {
    while (watching)
      for (const path of ["/patients", "/api/v1/tenant/patients"]) {
        const started = performance.now();
        const { status } = await client.get(path);
        seen.statuses.push(status);
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started);
        await Bun.sleep(15);
      }
  })();
  return seen;
}

/** Milliseconds until the hospital's page opens again. */
async function recovery(client: Client): Promise<number> {
  const started = performance.now();
  while ((await client.get("/patients")).status !== 200) await Bun.sleep(50);
  return performance.now() - started;
}

function postmasterOf(directory: string): number {
  return Number.parseInt(readFileSync(join(directory, "postmaster.pid"), "utf8"), 10);
}

test("kill -9 of one hospital's Postgres: the other's pages never fail, and the first is back within 5 s of its database", async () => {
  expect((await near.get("/patients")).status).toBe(200);
  expect((await far.get("/patients")).status).toBe(200);
  const others = watch(near);
  const recovered: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const down = annex.killAndRestart(800);
    const during = await far.get("/patients");
    expect([200, 503]).toContain(during.status);
    await down;
    recovered.push(await recovery(far));
  }
  await others.stop();
  console.log(
    `back after ${recovered.map((ms) => Math.round(ms)).join(", ")} ms; the other hospital: ${others.statuses.length} requests, slowest ${Math.round(others.slowestMs)} ms`,
  );
  expect(new Set(others.statuses)).toEqual(new Set([200]));
  expect(others.statuses.length).toBeGreaterThan(20);
  for (const ms of recovered) expect(ms).toBeLessThan(5_000);
  process.kill(stand.pid, 0);
}, 120_000);

test("kill -9 of the Postgres that holds the online copies: no page of any hospital fails", async () => {
  const { online } = stand.foundation.servers;
  if (online === null) throw new Error("There is no server for online copies.");
  const sql = openClient(online, { max: 1 });
  const [row] = await sql<{ directory: string }[]>`select current_setting('data_directory') as directory`;
  await sql.end();
  const directory = row?.directory ?? "";
  const watches = [watch(near), watch(far)];
  const killed = postmasterOf(directory);
  process.kill(killed, "SIGKILL");
  // The app starts it again by itself.
  const deadline = Date.now() + 30_000;
  while (postmasterNow(directory) === killed && Date.now() < deadline) await Bun.sleep(100);
  while (watches.some(({ statuses }) => statuses.length < 20)) await Bun.sleep(50);
  await Promise.all(watches.map((each) => each.stop()));
  expect(postmasterNow(directory)).not.toBe(killed);
  for (const { statuses } of watches) expect(new Set(statuses)).toEqual(new Set([200]));
}, 120_000);

function postmasterNow(directory: string): number | null {
  try {
    return postmasterOf(directory);
  } catch {
    return null;
  }
}
