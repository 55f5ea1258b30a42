import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { dropDatabase } from "../../db/databases.ts";
import { freePort } from "../../db/embedded-settings.ts";
import { auditLog } from "../../db/schema/hospital/audit.ts";
import { verifyHospitalAudit } from "../../server/bridge/audit.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { urlOf } from "../../server/foundation.ts";
import { discard, run, type StartedApp, scratchData } from "../boot/app.ts";
import { asked } from "../bridge/asked.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { aPatient } from "../hospital/patients/support.ts";
import { password } from "../support/cast.ts";

setDefaultTimeout(90_000);

let plane: OwnerPlane;
let subdomain: string;
let tenantId: string;
const data = scratchData();
const databases: string[] = [];
const apps: StartedApp[] = [];

beforeAll(async () => {
  plane = await startOwnerPlane();
  plane.services.clock.advance(Date.now() - plane.services.clock.now().getTime());
  subdomain = plane.name("killed");
  const { tenant } = await provisionHospital(plane.services, plane.owner(), {
    ...asked(subdomain),
    firstAdmin: { name: "Amina Admin", email: "admin@killed.example", password },
  });
  tenantId = tenant.id;
  databases.push(tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase);
});

afterAll(async () => {
  for (const app of apps) app.kill("SIGKILL");
  await Promise.all(apps.map((app) => app.exited));
  await plane.close();
  for (const name of databases) await dropDatabase(plane.admin, name);
  await discard(data);
});

async function start() {
  const port = String(await freePort([]));
  const app = run("server/main.ts", ["--no-demo"], {
    ...{ PORT: port, WARDLINE_ROLE: "web", WARDLINE_DATA: data, WARDLINE_LOG: "info" },
    ...{ DATABASE_URL: urlOf(plane.facts.controlPlace), WARDLINE_MASTER_KEY: plane.facts.masterKey },
  });
  apps.push(app);
  await app.says('"msg":"Ready"');
  const ask = (path: string, init: { json?: unknown; token?: string } = {}) =>
    fetch(`http://127.0.0.1:${port}/api/v1/tenant/${path}`, {
      ...(init.json === undefined ? {} : { method: "POST", body: JSON.stringify(init.json) }),
      headers: {
        ...{ host: `${subdomain}.localhost`, "content-type": "application/json" },
        ...(init.token === undefined ? {} : { authorization: `Bearer ${init.token}` }),
      },
    });
  return { app, ask };
}

const looksIn = (name: string) => readFileSync(join(data, "looks", name), "utf8").split("\n")[0] ?? "";
/** Files that say something. */
const waiting = () => readdirSync(join(data, "looks")).filter((name) => looksIn(name) !== "");

test("what a killed process had shown and not yet written, the next one writes, once", async () => {
  const first = await start();
  const login = await first.ask("auth/login", { json: { email: "admin@killed.example", password } });
  const { accessToken: token } = (await login.json()) as { accessToken: string };
  const made = await first.ask("patients", { json: aPatient(), token });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const hospital = await plane.services.resolver.hospitalById(tenantId);
  if (hospital === null) throw new Error("The hospital was made and is not found.");
  const { db } = plane.services.connections.hospital(hospital.place);
  const looks = () =>
    db.$count(auditLog, and(eq(auditLog.patientId, id), eq(auditLog.event, "patient.viewed")));
  // What is written is said nowhere else any more, and the same file serves again.
  for (const n of [1, 2]) {
    await first.ask(`patients/${id}`, { token });
    while ((await looks()) < n) await Bun.sleep(20);
    while (waiting().length > 0) await Bun.sleep(20);
  }
  expect(readdirSync(join(data, "looks"))).toHaveLength(1);
  // From the answer to the kill no tenth of a second passes; where it does on a busy machine, another look is tried.
  let shown = 0;
  let left = 0;
  while (left === 0 && shown < 20) {
    const one = shown === 0 ? first : await start();
    const seen = await one.ask(`patients/${id}`, { token });
    one.app.kill("SIGKILL");
    expect(seen.status).toBe(200);
    shown += 1;
    await one.app.exited;
    left = waiting().length;
  }
  expect(await looks()).toBe(2 + shown - 1);
  const [file] = waiting();
  const path = join(data, "looks", file ?? "");
  // Nobody reads there who was looked at, and what somebody adds there is no look.
  const text = readFileSync(path, "utf8").trimEnd();
  expect(text).not.toContain(id);
  writeFileSync(
    path,
    `${text}\n${JSON.stringify({ event: "patient.viewed", patientId: id })}\n${text.slice(0, 40)}`,
  );
  await start();
  while (waiting().length > 0) await Bun.sleep(200);
  expect(await looks()).toBe(2 + shown);
  const verdict = await verifyHospitalAudit(plane.services, systemOwner(plane.services, "tests"), tenantId);
  expect(verdict.broken).toEqual([]);
});
