import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { mailOutbox } from "../../db/schema/control/credentials.ts";
import { healthAlerts, healthChecks, healthMails } from "../../db/schema/control/health.ts";
import { nodes } from "../../db/schema/control/nodes.ts";
import { operators, operatorTenants } from "../../db/schema/control/operators.ts";
import { checkAllHospitals, checkHospitalHealth } from "../../server/bridge/health.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { findingsOf } from "../../server/owner/health/findings.ts";
import { latestHealth } from "../../server/owner/health/health.ts";
import { keepHistory, readHistory } from "../../server/owner/health/history.ts";
import { type HospitalProbe, unknownSide, unreachable } from "../../server/owner/health/probe.ts";
import { recordHealth } from "../../server/owner/health/record.ts";
import { readThresholds } from "../../server/owner/health/thresholds.ts";
import type { OwnerContext } from "../../server/tenancy/context.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { ownerEmail, password } from "../support/cast.ts";
import type { Client } from "../support/client.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(60_000);

let app: TestApp;
let owner: Client;
let system: OwnerContext;
let hospital: TestHospital;

beforeAll(async () => {
  app = await testApp();
  owner = await app.owner();
  system = systemOwner(app.services, "tests");
  hospital = await app.newHospital();
});

const well: HospitalProbe["primary"] = { ...unknownSide, reachable: true, latencyMs: 1, schemaVersion: "1" };
const wellProbe: HospitalProbe = { primary: well, copy: { ...well, lagSeconds: 1 }, usage: null };
const away: HospitalProbe = { ...wellProbe, primary: unreachable("away") };

/** As the job keeps what it found, a minute later. */
async function keep(of: TestHospital, probe: HospitalProbe) {
  app.clock.advance(60_000);
  const { control } = app.services.connections;
  const limits = await readThresholds(control.db);
  const from = { vault: app.services.keyring, clock: app.clock };
  return control.transaction((tx) => recordHealth(tx, from, new Map([[of.id, probe]]), limits));
}
const healthOf = async (of: TestHospital) => {
  const health = (await latestHealth(system, [of.id])).get(of.id);
  if (health === undefined) throw new Error("No health of a hospital that was asked for.");
  return health;
};
/** The clock goes far here, beyond the life of a token. */
const signedIn = () => app.client("owner.localhost").signIn(ownerEmail, password);
const json = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

test("each limit finds what is beyond it and nothing within; an open alert ends well below", async () => {
  const limits = await readThresholds(system.db);
  const now = app.clock.now();
  const codes = (probe: Partial<HospitalProbe>, open: string[] = []) =>
    findingsOf({ ...wellProbe, ...probe }, limits, new Set(open) as never, now).map(({ code }) => code);
  expect(codes({})).toEqual([]);
  expect(codes({ primary: null })).toEqual(["no-report"]);
  expect(codes({ primary: unreachable("x") })).toEqual(["primary-unreachable"]);
  expect(codes({ copy: unreachable("x") })).toEqual(["copy-unreachable"]);
  expect(codes({ copy: null })).toEqual([]);
  const copy = { ...well, lagSeconds: limits.lagSeconds + 1 };
  expect(codes({ copy })).toEqual(["sync-behind"]);
  const almost = { ...well, lagSeconds: limits.lagSeconds * 0.9 };
  expect([codes({ copy: almost }), codes({ copy: almost }, ["sync-behind"])]).toEqual([[], ["sync-behind"]]);
  expect(codes({ primary: { ...well, lagRows: limits.lagRows + 1 } })).toEqual(["sync-behind"]);
  expect(codes({ primary: { ...well, latencyMs: limits.latencyMs + 1 } })).toEqual(["primary-slow"]);
  expect(codes({ primary: { ...well, connections: 90, connectionLimit: 100 } })).toEqual([
    "connections-high",
  ]);
  expect(codes({ primary: { ...well, parked: "why" } })).toEqual(["sync-parked"]);
  expect(codes({ copy: { ...well, schemaVersion: "0" } })).toEqual(["schema-differs"]);
  expect(codes({ copy: { ...well, verifiedEqual: false } })).toEqual(["copy-differs"]);
  const proof = new Date(now.getTime() - (limits.proofHours + 1) * 3_600_000);
  expect(codes({ copy: { ...well, lastVerifiedAt: proof } })).toEqual(["proof-old"]);
});

test("an alert is raised once and cleared once, and a link that comes and goes raises none", async () => {
  const alerts = () => system.db.select().from(healthAlerts).where(eq(healthAlerts.tenantId, hospital.id));
  for (const probe of [away, wellProbe, away, wellProbe]) await keep(hospital, probe);
  expect(await alerts()).toEqual([]);
  await keep(hospital, away);
  expect((await healthOf(hospital)).state).toBe("down");
  expect((await keep(hospital, away)).raised).toEqual([
    { tenantId: hospital.id, code: "primary-unreachable" },
  ]);
  for (let turn = 0; turn < 3; turn += 1) expect((await keep(hospital, away)).raised).toEqual([]);
  // One good look among bad ones ends nothing.
  for (const probe of [wellProbe, away]) expect((await keep(hospital, probe)).cleared).toEqual([]);
  expect((await keep(hospital, wellProbe)).cleared).toEqual([]);
  expect((await healthOf(hospital)).state).toBe("degraded");
  expect((await keep(hospital, wellProbe)).cleared).toHaveLength(1);
  expect((await keep(hospital, wellProbe)).cleared).toEqual([]);
  expect((await healthOf(hospital)).state).toBe("healthy");
  expect(await alerts()).toMatchObject([{ code: "primary-unreachable", clearedAt: expect.any(Date) }]);
});

test("two workers that look at the same time raise one alert", async () => {
  const one = await app.newHospital();
  await keep(one, away);
  const settled = await Promise.all([keep(one, away), keep(one, away)]);
  expect(settled.flatMap(({ raised }) => raised)).toHaveLength(1);
});

test("alerts stand over the bell, on the home and the pages of health, and are mailed to who wants them", async () => {
  const one = await app.newHospital();
  expect((await owner.submit("/health", "/health/mails", { wanted: "yes" })).status).toBe(303);
  const mails = async () =>
    (await system.db.select().from(mailOutbox)).filter(({ template }) => template === "health-alert").length;
  const before = await mails();
  await keep(one, away);
  expect(await mails()).toBe(before);
  await keep(one, away);
  await keep(one, away);
  expect(await mails()).toBe(before + 1);
  const page = await owner.page("/health?state=down");
  expect(page).toContain("Its own database does not answer");
  expect(page).toContain("Stop mailing me");
  expect(await owner.page("/")).toContain("Its own database does not answer");
  await keep(one, wellProbe);
  await keep(one, wellProbe);
  expect(await mails()).toBe(before + 2);
  await owner.submit("/health", "/health/mails", { wanted: "no" });
  expect(await system.db.select().from(healthMails)).toEqual([]);
});

test("a hospital on its own server is known by what that told; silent, it is no report and never healthy", async () => {
  const one = await app.newHospital();
  const report = {
    ...{ version: "0.1.0", lagRows: 3, logBytes: 10, parked: null, sequences: {} },
    health: {
      ...{
        at: app.clock.now().toISOString(),
        latencyMs: 2,
        connectMs: 3,
        sizeBytes: 5_000,
        serverVersion: "18.1",
      },
      ...{
        connections: 4,
        connectionLimit: 100,
        schemaVersion: "x",
        lastVerifiedAt: null,
        verifiedEqual: null,
      },
    },
  };
  const [node] = await system.db
    .insert(nodes)
    .values({
      ...{ tenantId: one.id, name: "theirs", publicKey: Bun.randomUUIDv7(), status: "active", report },
      lastSeenAt: app.clock.now(),
    })
    .returning();
  const told = await checkHospitalHealth(app.services, system, one.id);
  expect(told).toMatchObject({ onSite: true, checkedAt: node?.lastSeenAt });
  expect(told.primary).toMatchObject({ sizeBytes: 5_000, lagRows: 3, serverVersion: "18.1", latencyMs: 2 });
  expect(told.copy).toMatchObject({ reachable: true });
  app.clock.advance(10 * 60_000);
  expect((await healthOf(one)).state).toBe("no-report");
  for (let turn = 0; turn < 2; turn += 1) await checkHospitalHealth(app.services, system, one.id);
  const silent = await healthOf(one);
  expect(silent.state).toBe("no-report");
  expect(silent.alerts.map(({ code }) => code)).toContain("no-report");
  expect(silent.copy?.reachable).toBe(true);
  const listed = await json(await owner.get("/api/v1/owner/health?state=no-report&limit=100"));
  expect(JSON.stringify(listed)).toContain(one.id);
  await system.db.delete(nodes).where(eq(nodes.tenantId, one.id));
});

test("looks are gathered into hours and forgotten, hours after them; the ranges show what is kept", async () => {
  const one = await app.newHospital();
  const now = app.clock.now();
  const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  const look = (hours: number, latencyMs: number, reachable = true) => ({
    ...{ tenantId: one.id, side: "primary" as const, checkedAt: ago(hours), latencyMs, reachable },
  });
  await system.db.insert(healthChecks).values([look(100, 10), look(100, 30), look(2, 4), look(2, 8, false)]);
  const roll = async () => {
    app.clock.advance(16 * 60_000);
    await app.services.connections.control.transaction((tx) => keepHistory(tx, app.clock.now()));
  };
  await roll();
  // The hour that was rolled up already is not counted twice.
  await roll();
  const raw = await system.db.select().from(healthChecks).where(eq(healthChecks.tenantId, one.id));
  expect(raw).toHaveLength(2);
  const week = await readHistory(system, one.id, "7d");
  expect(week).toMatchObject([
    { side: "primary", looks: 2, unreachable: 0, latencyMs: 20, latencyMaxMs: 30 },
    { side: "primary", looks: 2, unreachable: 1, latencyMs: 6 },
  ]);
  expect(await readHistory(system, one.id, "24h")).toMatchObject([{ looks: 2, latencyMaxMs: 8 }]);
  const page = await owner.page(`/hospitals/${one.id}/health?range=7d`);
  expect(page).toContain("chart-lines");
  expect(page).toContain("20 ms");
});

test("limits are changed by page and JSON with what was refused named, and count from the next look", async () => {
  owner = await signedIn();
  const path = "/api/v1/owner/health/thresholds";
  const { version, updatedAt: _at, ...limits } = await json(await owner.get(path));
  const refused = await owner.send(path, { method: "PUT", json: { ...limits, latencyMs: 0 } });
  expect([refused.status, JSON.stringify(await json(refused)).includes("latencyMs")]).toEqual([422, true]);
  const put = (match: string) =>
    owner.send(path, { method: "PUT", json: { ...limits, raiseAfter: 1 }, headers: { "if-match": match } });
  expect((await put(`"${Number(version) + 7}"`)).status).toBe(412);
  expect((await put(`"${version}"`)).status).toBe(200);
  const one = await app.newHospital();
  expect((await keep(one, away)).raised).toHaveLength(1);
  const form = Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, String(value ?? "")]));
  const saved = await owner.submit("/health/limits", "/health/limits", { ...form, raiseAfter: "2" });
  expect(saved.status).toBe(303);
  expect((await readThresholds(system.db)).raiseAfter).toBe(2);
  const wrong = await owner.submit("/health/limits", "/health/limits", { ...form, raiseAfter: "none" });
  expect([wrong.status, (await readThresholds(system.db)).raiseAfter]).toEqual([422, 2]);
});

test("one hospital's health is complete as JSON, and a fresh look fills it", async () => {
  owner = await signedIn();
  const base = `/api/v1/owner/tenants/${hospital.id}/database-health`;
  const health = await json(await owner.get(`${base}?fresh=true`));
  expect(health).toMatchObject({
    tenantId: hospital.id,
    primary: {
      reachable: true,
      latencyMs: expect.any(Number),
      sizeBytes: expect.any(Number),
      lagRows: expect.any(Number),
    },
    lastBackupAt: null,
  });
  const { primary } = health as { primary: Record<string, unknown> };
  for (const fact of ["serverVersion", "schemaVersion", "connections", "connectionLimit", "connectMs"])
    expect([fact, primary[fact] === null]).toEqual([fact, false]);
  expect((await owner.get(`${base}/history?range=30d`)).status).toBe(200);
  expect((await owner.get(`${base}/history?range=1y`)).status).toBe(422);
  expect((await owner.get(`${base}/alerts`)).status).toBe(200);
});

test("a group admin sees their own hospitals alone and changes no limits", async () => {
  const mine = await app.newHospital();
  const email = `group-${Bun.randomUUIDv7().slice(-8)}@wardline.example`;
  const [olga] = await system.db.select().from(operators).limit(1);
  if (olga === undefined) throw new Error("There is no operator.");
  const [person] = await system.db
    .insert(operators)
    .values({ email, name: "Gita Group", role: "group-admin", passwordHash: olga.passwordHash })
    .returning();
  const operatorId = person?.id ?? "";
  await system.db.insert(operatorTenants).values({ operatorId, tenantId: mine.id });
  const context: OwnerContext = {
    ...system,
    actor: {
      ...{ kind: "operator", operatorId, sessionId: operatorId, name: "Gita", email, role: "group-admin" },
      permissions: new Set(["tenants:read", "tenants:users", "health:read"]),
      tenantIds: new Set([mine.id]),
    },
  };
  const { listHealth, openAlertCount } = await import("../../server/owner/health/health-list.ts");
  const { changeThresholds } = await import("../../server/owner/health/thresholds.ts");
  const list = await listHealth(context);
  expect(list.items.map(({ tenantId }) => tenantId)).toEqual([mine.id]);
  expect(Object.values(list.counts).reduce((sum, n) => sum + n, 0)).toBe(1);
  expect(readHistory(context, hospital.id)).rejects.toMatchObject({ kind: "not-found" });
  expect(checkHospitalHealth(app.services, context, hospital.id)).rejects.toMatchObject({
    kind: "not-found",
  });
  expect(changeThresholds(context, { raiseAfter: 1 })).rejects.toMatchObject({ kind: "forbidden" });
  await keep(hospital, away);
  await keep(hospital, away);
  expect(await openAlertCount({ ...context, pool: {} })).toBe(0);
  expect(await openAlertCount({ ...system, pool: {} })).toBeGreaterThan(0);
  await keep(mine, away);
  await keep(mine, away);
  expect(await openAlertCount({ ...context, pool: {} })).toBe(1);
});

test("an open page is sent what a look found, without a reload", async () => {
  const stream = await owner.get("/health/events");
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const heard = reader?.read();
  const one = await app.newHospital();
  // Heard as soon as the listening has begun: each look tells.
  let said: string | undefined;
  void heard?.then(({ value }) => {
    said = value;
  });
  for (let turn = 0; turn < 50 && said === undefined; turn += 1) await keep(one, wellProbe);
  await reader?.cancel();
  expect(said).toContain("data: ");
});

test("every hospital is looked at in one pass, and what stands in the schema is counted", async () => {
  const pass = await checkAllHospitals(app.services);
  expect(pass.checked).toBeGreaterThan(1);
  expect(pass.unwell).toBe(0);
});
