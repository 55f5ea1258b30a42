import { beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { operators } from "../../../db/schema/control/operators.ts";
import { newKeyId, newKeyText, readKeyText } from "../../../server/auth/keys/key-text.ts";
import { tidyNetwork, withinNetworks } from "../../../server/auth/keys/networks.ts";
import { forgetApiKeys } from "../../../server/auth/keys/presented-key.ts";
import { hashPassword } from "../../../server/auth/passwords.ts";
import { seedUser } from "../../../server/bridge/provision-seed.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";

let app: TestApp;
let hospital: TestHospital;

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
});

interface Made {
  readonly secret: string;
  readonly key: { readonly id: string; readonly prefix: string; readonly version: number };
}

/** Signed in anew: the tests move the clock beyond a token's life. */
const admins = () =>
  new Client(app.app, hospital.host).signIn(emailOf("admin", hospital.subdomain), password);

async function make(values: Record<string, unknown> = {}, by?: Client): Promise<Made> {
  const admin = by ?? (await admins());
  const response = await admin.send("/api/v1/tenant/keys", {
    json: { name: "Laboratory machine", scopes: ["patients:read"], ...values },
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Made;
}

const asKey = (secret: string, path = "/api/v1/tenant/patients", client: Client = hospital.stranger()) =>
  client.get(path, { authorization: `Bearer ${secret}` });

test("a key's text carries a checksum, and says what it is", () => {
  const text = newKeyText("api", newKeyId());
  expect(text).toMatch(/^wl_[0-9a-z]{8}_[0-9A-Za-z]{49}$/);
  expect(readKeyText(text)).toMatchObject({ kind: "api" });
  const mistyped = `${text.slice(0, 20)}${text[20] === "A" ? "B" : "A"}${text.slice(21)}`;
  expect(readKeyText(mistyped)).toBeNull();
  expect(newKeyText("app", newKeyId())).toStartWith("wlapp_");
});

test("networks hold addresses of both families, mapped ones too", () => {
  const within = withinNetworks(["10.1.0.0/16", "2001:db8::/32"]);
  expect(["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::5"].map(within)).toEqual([true, true, true]);
  expect(["10.2.0.1", "2001:db9::1", null].map(within)).toEqual([false, false, false]);
  expect(["10.0.0.0/33", "ward", "1.2.3.4/8/8"].map(tidyNetwork)).toEqual([null, null, null]);
});

test("a key acts with its scopes and no more, by either header, and only at its own hospital", async () => {
  const { secret, key } = await make();
  expect((await asKey(secret)).status).toBe(200);
  expect((await hospital.stranger().get("/api/v1/tenant/patients", { "x-api-key": secret })).status).toBe(
    200,
  );
  expect((await asKey(secret, "/api/v1/tenant/users")).status).toBe(403);
  expect((await asKey(secret, "/api/v1/tenant/patients", app.abdullah.stranger())).status).toBe(401);
  expect((await asKey(secret, "/api/v1/owner/tenants", app.client("owner.localhost"))).status).toBe(401);
  expect((await asKey(secret, "/api/v1/tenant/auth/me")).status).toBe(403);
  const admin = await admins();
  const read = await (await admin.get(`/api/v1/tenant/keys/${key.id}`)).text();
  expect(read).not.toContain(secret.slice(12));
  expect(JSON.parse(read)).toMatchObject({ state: "active", lastUsedAddress: "127.0.0.1" });
});

test("a key writes with the audit naming it, and its Idempotency-Key counts", async () => {
  const { secret, key } = await make({ scopes: ["departments:edit", "departments:read"] });
  const headers = { authorization: `Bearer ${secret}`, "idempotency-key": crypto.randomUUID() };
  const send = () =>
    hospital.stranger().send("/api/v1/tenant/departments", { json: { name: "Dialysis" }, headers });
  const first = await send();
  expect(first.status).toBe(201);
  const again = await send();
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(((await again.json()) as { id: string }).id).toBe(((await first.json()) as { id: string }).id);
  const { rows } = await auditOf(key.id);
  expect(rows).toEqual([{ actor_kind: "key", event: "department.created" }]);
});

async function auditOf(actorId: string) {
  const { sql } = await import("drizzle-orm");
  const rows = await hospital
    .system()
    .db.execute(sql`select actor_kind, event from audit_log where actor_id = ${actorId}::uuid`);
  return { rows: [...(rows as unknown as Iterable<unknown>)] };
}

test("nobody gives a program what they do not hold, nor what needs a person", async () => {
  const email = "it@keys.example";
  await hospital.system().write(async (tx) => {
    await seedUser(tx, hospital.system(), {
      ...{ name: "Ivan IT", email, passwordHash: await hashPassword(password), roleKey: "it-admin" },
      ...{ departmentKey: "it", mustChangePassword: false },
    });
  });
  const it = await new Client(app.app, hospital.host).signIn(email, password);
  const beyond = await it.send("/api/v1/tenant/keys", {
    json: { name: "Export", scopes: ["patients:export"] },
  });
  expect(beyond.status).toBe(403);
  expect(await beyond.json()).toMatchObject({ code: "key.beyond-own" });
  const admin = await admins();
  const selfMaking = await admin.send("/api/v1/tenant/keys", { json: { name: "X", scopes: ["keys:edit"] } });
  expect(selfMaking.status).toBe(422);
  const { key } = await make({ scopes: ["patients:export"] });
  expect((await it.send(`/api/v1/tenant/keys/${key.id}/rotate`, { json: {} })).status).toBe(403);
  const doctor = await hospital.as("doctor");
  expect((await doctor.get("/api/v1/tenant/keys")).status).toBe(403);
});

test("a revoked key is refused at its next call", async () => {
  const { secret, key } = await make();
  expect((await asKey(secret)).status).toBe(200);
  const admin = await admins();
  expect((await admin.send(`/api/v1/tenant/keys/${key.id}/revoke`, { method: "POST" })).status).toBe(200);
  expect((await asKey(secret)).status).toBe(401);
  expect((await admin.send(`/api/v1/tenant/keys/${key.id}/rotate`, { json: {} })).status).toBe(409);
});

test("the old secret works until the overlap ends; the oldest ends with the next rotation", async () => {
  const { secret: first, key } = await make();
  const rotate = async (overlapHours: number) => {
    const response = await (await admins()).send(`/api/v1/tenant/keys/${key.id}/rotate`, {
      json: { overlapHours },
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as Made).secret;
  };
  const second = await rotate(1);
  expect([(await asKey(first)).status, (await asKey(second)).status]).toEqual([200, 200]);
  app.clock.advance(61 * 60_000);
  forgetApiKeys();
  expect([(await asKey(first)).status, (await asKey(second)).status]).toEqual([401, 200]);
  const third = await rotate(0);
  expect([(await asKey(second)).status, (await asKey(third)).status]).toEqual([401, 200]);
  const long = await (await admins()).send(`/api/v1/tenant/keys/${key.id}/rotate`, {
    json: { overlapHours: 169 },
  });
  expect(long.status).toBe(422);
});

test("a key ends by itself when it expires", async () => {
  const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
  const { secret } = await make({ expiresAt });
  expect((await asKey(secret)).status).toBe(200);
  app.clock.advance(61_000);
  forgetApiKeys();
  expect((await asKey(secret)).status).toBe(401);
});

test("a key with networks is refused from elsewhere", async () => {
  const { secret } = await make({ networks: ["10.9.0.0/16"] });
  expect((await asKey(secret)).status).toBe(403);
  const inside = new Client(app.app, hospital.host, "10.9.3.4");
  expect((await asKey(secret, "/api/v1/tenant/patients", inside)).status).toBe(200);
});

test("a key's own limit answers 429 with the standard headers", async () => {
  const { secret } = await make({ callsPerMinute: 3 });
  const statuses: number[] = [];
  let last: Response | null = null;
  for (let call = 0; call < 8; call += 1) {
    last = await asKey(secret);
    statuses.push(last.status);
  }
  // A minute may turn while they run.
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(6);
  expect(statuses).toContain(429);
  expect(last?.headers.get("ratelimit-limit")).toBe("3");
  expect(last?.headers.get("ratelimit-policy")).toBe("3;w=60");
});

test("the secret is told once: the same Idempotency-Key tells it no more", async () => {
  const admin = await admins();
  const headers = { "idempotency-key": crypto.randomUUID() };
  const json = { name: "Once", scopes: ["patients:read"] };
  expect((await admin.send("/api/v1/tenant/keys", { json, headers })).status).toBe(201);
  expect((await admin.send("/api/v1/tenant/keys", { json, headers })).status).toBe(409);
});

test("where the hospital asks for it, programs name themselves before anybody signs in", async () => {
  const own = await app.newHospital();
  const admin = await own.as("admin");
  const made = await admin.send("/api/v1/tenant/keys", { json: { kind: "app", name: "Phone app" } });
  expect(made.status).toBe(201);
  const { secret } = (await made.json()) as Made;
  const login = (headers: Record<string, string> = {}) =>
    own
      .stranger()
      .send("/api/v1/tenant/auth/login", { json: { email: "a@b.example", password: "x" }, headers });
  expect(await (await login()).json()).toMatchObject({ code: "auth.bad-credentials" });
  expect(await (await login({ "x-app-key": "wlapp_nothing" })).json()).toMatchObject({
    code: "app-key.unknown",
  });
  const policy = await admin.send("/api/v1/tenant/keys/policy", {
    method: "PUT",
    json: { requireAppKey: true },
  });
  expect(policy.status).toBe(200);
  expect(await (await login()).json()).toMatchObject({ code: "app-key.required" });
  expect(await (await login({ "x-app-key": secret })).json()).toMatchObject({ code: "auth.bad-credentials" });
  expect(
    (await own.stranger().get("/api/v1/tenant/patients", { authorization: `Bearer ${secret}` })).status,
  ).toBe(401);
});

test("a key of the owner's reaches no further than its maker, from the moment they become a group admin", async () => {
  const olga = await new Client(app.app, "owner.localhost").signIn(ownerEmail, password);
  const email = `maker-${Bun.randomUUIDv7().slice(-8)}@keys.example`;
  const json = { name: "Key Maker", email, role: "admin", password };
  const { id } = (await (await olga.send("/api/v1/owner/operators", { json })).json()) as { id: string };
  const { db } = app.services.connections.control;
  await db.update(operators).set({ mustChangePassword: false }).where(eq(operators.id, id));
  const maker = await app.client("owner.localhost").signIn(email, password);
  const made = await maker.send("/api/v1/owner/keys", {
    json: { name: "Reports", scopes: ["tenants:read", "audit:read"] },
  });
  const { secret } = (await made.json()) as Made;
  const program = app.client("owner.localhost");
  const headers = { authorization: `Bearer ${secret}` };
  const seen = async () => {
    forgetApiKeys();
    const list = await program.get("/api/v1/owner/tenants?limit=100", headers);
    return ((await list.json()) as { items: { id: string }[] }).items.map((tenant) => tenant.id);
  };
  const status = async (tenantId: string) =>
    (await program.get(`/api/v1/owner/tenants/${tenantId}`, headers)).status;
  expect((await seen()).length).toBeGreaterThan(1);
  const listed = async () => {
    const answer = await olga.get("/api/v1/owner/keys");
    const { items } = (await answer.json()) as { items: { createdBy: string; makerActive: boolean }[] };
    return items.find(({ createdBy }) => createdBy === id)?.makerActive;
  };
  expect(await listed()).toBe(true);
  const suspend = (status: string) =>
    olga.send(`/api/v1/owner/operators/${id}/status`, { method: "PUT", json: { status } });
  await suspend("suspended");
  // The key goes on; whoever looks after keys sees that its maker does not.
  expect([await listed(), (await seen()).length > 1]).toEqual([false, true]);
  expect(await olga.page("/keys")).toContain("Key Maker (No longer active)");
  expect(await olga.page("/profile")).toContain('href="/profile/password"');
  await suspend("active");
  await olga.send(`/api/v1/owner/operators/${id}`, { method: "PATCH", json: { role: "group-admin" } });
  expect(await seen()).toEqual([]);
  const given = { method: "PUT", json: { tenantIds: [hospital.id] } };
  await olga.send(`/api/v1/owner/operators/${id}/tenants`, given);
  expect(await seen()).toEqual([hospital.id]);
  expect([await status(hospital.id), await status(app.ramzan.id)]).toEqual([200, 404]);
  const { items } = (await (await program.get("/api/v1/owner/audit?limit=100", headers)).json()) as {
    items: { tenantId: string | null }[];
  };
  expect(items.every(({ tenantId }) => tenantId === hospital.id)).toBe(true);
});

test("operators' programs act in the owner plane by keys of its own", async () => {
  const olga = await new Client(app.app, "owner.localhost").signIn(ownerEmail, password);
  const made = await olga.send("/api/v1/owner/keys", { json: { name: "Billing", scopes: ["tenants:read"] } });
  expect(made.status).toBe(201);
  const { secret } = (await made.json()) as Made;
  const program = app.client("owner.localhost");
  const headers = { authorization: `Bearer ${secret}` };
  expect((await program.get("/api/v1/owner/tenants", headers)).status).toBe(200);
  expect((await program.get("/api/v1/owner/keys", headers)).status).toBe(403);
  expect((await hospital.stranger().get("/api/v1/tenant/patients", headers)).status).toBe(401);
});
