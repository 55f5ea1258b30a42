import { beforeAll, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { withSession } from "../../db/migrate-lock.ts";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { nodeCommands, nodes } from "../../db/schema/control/nodes.ts";
import { createApp } from "../../server/app.ts";
import { handOver, joinHospital, ownerFor } from "../../server/bridge/on-site.ts";
import { pushHospital } from "../../server/bridge/sync.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { endCommand } from "../../server/owner/nodes/commands.ts";
import { writingNodeOf } from "../../server/owner/nodes/nodes.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import { newBoxPair, newSigningPair } from "../../server/sync/wire-signing.ts";
import { challengeFor, codeAt, type Enrolled, enrol } from "../auth/second-factor/phone.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

let app: TestApp;
let hospital: TestHospital;
let nodeId: string;
let phone: Enrolled;
let before: Client;

const patient = { firstName: "Nowhere", lastName: "Yet", sex: "female", bornOn: "1990-01-02" };
const register = (who: Client) => who.send("/api/v1/tenant/patients", { json: patient });
async function personOf(role: "doctor") {
  const { primaryAdmin } = await placesOf(app.services, hospital.id);
  return withSession(primaryAdmin, async (session) => {
    const [person] = await session<{ id: string; status: string; role: string }[]>`
      select u.id, u.status, r.key as role from users u join roles r on r.id = u.role_id
      where u.email = ${emailOf(role, hospital.subdomain)}`;
    if (person === undefined) throw new Error("Nobody has this role.");
    return person;
  });
}
const owner = () => ownerFor(app.services, "tests");
async function events(tenantId: string): Promise<readonly string[]> {
  const { db } = app.services.connections.control;
  const rows = await db
    .select({ event: ownerAudit.event })
    .from(ownerAudit)
    .where(eq(ownerAudit.tenantId, tenantId));
  return rows.map(({ event }) => event);
}
const step = () => app.clock.advance(30_000);

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  phone = await enrol(await hospital.as("nurse"), app.clock.now());
  // Another copy of the app, which has not heard yet that the hospital has moved.
  const { facts } = hospital;
  const late = {
    ...app.services,
    resolver: {
      ...app.services.resolver,
      door: async () => ({ portal: "hospital", hospital: facts }) as const,
    },
  };
  before = await new Client(createApp(late), hospital.host).signIn(
    emailOf("admin", hospital.subdomain),
    password,
  );
  const { token } = await createNodeToken(owner(), hospital.id);
  const asked = { token, publicKey: newSigningPair().publicKey, boxKey: newBoxPair().publicKey };
  const joined = await joinHospital(app.services, { ...asked, name: "ward server", address: null });
  nodeId = joined.nodeId;
  const [node] = await app.services.connections.control.db
    .select()
    .from(nodes)
    .where(eq(nodes.id, joined.nodeId));
  if (node === undefined) throw new Error("The server has joined and is not there.");
  await handOver(app.services, node);
}, 120_000);

test("a door that has not heard of the move answers a change with the same 409, never 500", async () => {
  const refused = await register(before);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: "hospital.on-site" });
});

test("who has a second factor signs in at the copy, and a code is good once", async () => {
  step();
  const email = emailOf("nurse", hospital.subdomain);
  const answer = async (proof: { code: string } | { recoveryCode: string }) => {
    const someone = hospital.stranger();
    const challenge = await challengeFor(someone, email, password);
    return someone.send("/api/v1/tenant/auth/second-factor", { json: { challenge, ...proof } });
  };
  expect((await answer({ code: "000000" })).status).toBe(401);
  const code = codeAt(phone.secret, app.clock.now());
  const entered = await answer({ code });
  expect(entered.status).toBe(200);
  expect((await answer({ code })).status).toBe(401);
  const recoveryCode = phone.recoveryCodes[0] ?? "";
  expect((await answer({ recoveryCode })).status).toBe(200);
  expect((await answer({ recoveryCode })).status).toBe(401);
  const reader = hospital.stranger();
  reader.token = ((await entered.json()) as { accessToken: string }).accessToken;
  expect((await reader.get("/api/v1/tenant/patients")).status).toBe(200);
  expect((await register(reader)).status).toBe(409);
});

test("what the owner does to it is asked of its server: 202 and the command, no row here", async () => {
  const operator = await app.owner();
  const path = `/api/v1/owner/tenants/${hospital.id}`;
  const { id: userId } = await personOf("doctor");
  const acts: readonly [string, string, unknown, string][] = [
    [
      `${path}/users`,
      "POST",
      { name: "New Nurse", email: "n@copy.example", role: "nurse", password },
      "create-user",
    ],
    [`${path}/users/${userId}/status`, "PUT", { status: "suspended" }, "set-user-status"],
    [`${path}/users/${userId}/role`, "PUT", { role: "nurse" }, "set-user-role"],
    [`${path}/users/${userId}/password-reset`, "POST", undefined, "reset-password"],
    [`${path}/sync`, "POST", undefined, "push-now"],
    [`${path}/verify`, "POST", undefined, "verify-now"],
  ];
  for (const [to, method, body, kind] of acts) {
    const answer = await operator.send(to, { method, ...(body === undefined ? {} : { json: body }) });
    expect([to, answer.status]).toEqual([to, 202]);
    expect(await answer.json()).toMatchObject({ kind, outcome: null });
  }
  expect(await operator.page(`/hospitals/${hospital.id}/servers`)).toContain("Waits for it to report");
  const { db } = app.services.connections.control;
  const commands = await db.select().from(nodeCommands).where(eq(nodeCommands.tenantId, hospital.id));
  expect(JSON.stringify(commands)).not.toContain(password);
  expect(await personOf("doctor")).toMatchObject({ status: "active", role: "doctor" });
  const push = pushHospital(app.services, owner(), hospital.id);
  await expect(push).rejects.toMatchObject({ code: "hospital.on-site" });
});

test("a password made at its server is told once", async () => {
  const operator = await app.owner();
  const path = `/api/v1/owner/tenants/${hospital.id}/node-commands`;
  const { items } = (await (await operator.get(path)).json()) as { items: { id: string; kind: string }[] };
  const reset = items.find(({ kind }) => kind === "reset-password");
  const sealedPassword = hospital.facts.vault.seal("made at the hospital");
  await endCommand(owner(), hospital.id, reset?.id ?? "", "done", { userId: "1", sealedPassword });
  const listed = await (await operator.get(path)).text();
  expect(listed).toContain('"hasPassword":true');
  expect(listed).not.toContain(sealedPassword);
  const told = await operator.send(`${path}/${reset?.id}/password`, { method: "POST" });
  expect(await told.json()).toEqual({ password: "made at the hospital" });
  expect((await operator.send(`${path}/${reset?.id}/password`, { method: "POST" })).status).toBe(404);
});

test("a server is taken off at its page, after the question, by who has just proved that it is they", async () => {
  const operator = await app.owner();
  const page = `/hospitals/${hospital.id}/servers`;
  const path = `${page}/${nodeId}/revocation`;
  expect(await operator.page(page)).toContain(path);
  expect(await operator.page(path)).toContain("What it has not sent since");
  const elsewhere = `/hospitals/${app.abdullah.id}/servers/${nodeId}/revocation`;
  expect((await operator.get(elsewhere)).status).toBe(404);
  expect((await operator.get(`${page}/no-id/revocation`)).status).toBe(404);
  expect((await operator.submit(path, `${page}/no-id/revocation`)).status).toBe(404);
  app.clock.advance(11 * 60_000);
  const api = `/api/v1/owner/tenants/${hospital.id}/nodes/${nodeId}/revocation`;
  const unproved = await operator.send(api, { method: "PUT" });
  expect([unproved.status, (await unproved.json()).code]).toEqual([403, "auth.step-up-required"]);
  const proved = await app.owner();
  const done = await proved.submit(path, path);
  expect([done.status, done.headers.get("location")]).toEqual([303, page]);
  expect(await proved.page(page)).toContain(`${page}/take-back`);
});

test("taken off, its server is not heard and the copy stays read only, and says so", async () => {
  app.services.resolver.forget();
  const admin = await app.client(hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
  expect(await admin.page("/patients")).toContain("own server was taken off");
  const refused = await register(admin);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: "hospital.server-taken-off" });
  expect(await app.services.directory.workedHere()).not.toContain(hospital.id);
  expect((await writingNodeOf(app.services.connections.control.db, hospital.id))?.status).toBe("revoked");
});

test("the question before taking back names what is lost, and wants the hospital's name", async () => {
  const page = `/hospitals/${hospital.id}/servers/take-back`;
  app.clock.advance(11 * 60_000);
  const late = await (await app.owner()).get(page);
  expect(await late.text()).toContain("is never taken over");
  const operator = await app.owner();
  const wrong = await operator.submit(page, page, { confirm: "another" });
  expect(wrong.status).toBe(422);
  expect(await wrong.text()).toContain("confirm-page");
  expect((await operator.get(`/hospitals/${app.abdullah.id}/servers/take-back`)).status).toBe(409);
});

test("taken back, the hospital works here again", async () => {
  const operator = await app.owner();
  const path = `/api/v1/owner/tenants/${hospital.id}/take-back`;
  const { tenant } = await placesOf(app.services, hospital.id);
  expect((await operator.send(path, { json: { confirmation: "another" } })).status).toBe(422);
  app.clock.advance(11 * 60_000);
  const unproved = await operator.send(path, { json: { confirmation: tenant.companyName } });
  expect([unproved.status, (await unproved.json()).code]).toEqual([403, "auth.step-up-required"]);
  const page = `/hospitals/${hospital.id}/servers/take-back`;
  const taken = await (await app.owner()).submit(page, page, { confirm: tenant.companyName });
  expect([taken.status, taken.headers.get("location")]).toEqual([303, `/hospitals/${hospital.id}/servers`]);
  expect(await events(hospital.id)).toEqual(expect.arrayContaining(["node.revoked", "tenant.taken-back"]));
  expect((await operator.send(path, { json: { confirmation: tenant.companyName } })).status).toBe(409);
  const admin = await app.client(hospital.host).signIn(emailOf("admin", hospital.subdomain), password);
  expect((await register(admin)).status).toBe(201);
  expect(await app.services.directory.workedHere()).toContain(hospital.id);
  expect((await pushHospital(app.services, owner(), hospital.id)).outcome).toBe("synced");
});
