import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { sessions } from "../../db/schema/hospital/sessions.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { aPatient, leave, patientsPath, usedOf } from "../hospital/patients/support.ts";
import { type TestHospital, testApp } from "../support/app.ts";
import { emailOf, ownerEmail, password, staffRoles } from "../support/cast.ts";
import { Client } from "../support/client.ts";

/**
 * What hospital systems are known to have open, each closed here by its name. Two more are closed elsewhere: reset
 * links that never arrive (`tests/auth/credentials/recovery.test.ts`, `mail.test.ts`), and people who come in by
 * routes nobody thought of (`tests/matrix/matrix.test.ts`).
 */
const { app, abdullah, ramzan, services, newHospital, client } = await testApp();
const path = "/api/v1/tenant/users";

const person = async (hospital: TestHospital, email: string) => {
  const [row] = await hospital.system().db.select().from(users).where(eq(users.email, email));
  if (row === undefined) throw new Error(`There is no ${email}.`);
  return row;
};
const roleId = async (hospital: TestHospital, key: string) => {
  const [row] = await hospital.system().db.select({ id: roles.id }).from(roles).where(eq(roles.key, key));
  return row?.id ?? "";
};

test("hole: a token of one hospital works at another", async () => {
  const doctor = await abdullah.as("doctor");
  const headers = { authorization: `Bearer ${doctor.token}` };
  const at = (host: string, more: Record<string, string> = {}) =>
    new Client(app, host).get(patientsPath, { ...headers, ...more });
  expect((await at(abdullah.host)).status).toBe(200);
  expect((await at(ramzan.host)).status).toBe(401);
  expect((await at(ramzan.host, { "x-tenant-id": abdullah.id })).status).toBe(401);
  expect((await at(ramzan.host, { "x-forwarded-host": abdullah.host })).status).toBe(401);
  const { refreshToken } = doctor;
  const refreshed = await ramzan.stranger().send("/api/v1/tenant/auth/refresh", { json: { refreshToken } });
  expect(refreshed.status).toBe(401);
});

test("hole: X-Tenant-ID chooses the hospital", async () => {
  const doctor = await abdullah.as("doctor");
  const ask = async (tenant: string) =>
    (await doctor.get("/api/v1/tenant/auth/me", { "x-tenant-id": tenant })).status;
  expect(await ask(ramzan.id)).toBe(404);
  expect(await ask(ramzan.subdomain)).toBe(404);
  expect(await ask("x'; set search_path to public; --")).toBe(404);
  expect([await ask(abdullah.id), await ask(abdullah.subdomain)]).toEqual([200, 200]);
});

test("hole: a suspended user goes on working", async () => {
  const hospital = await newHospital();
  const admin = await hospital.as("admin");
  const nurse = await hospital.as("nurse");
  const { id } = await person(hospital, emailOf("nurse", hospital.subdomain));
  const open = async () => [(await nurse.get("/patients")).status, (await nurse.get(patientsPath)).status];
  expect(await open()).toEqual([200, 200]);
  const set = (status: string) => admin.send(`${path}/${id}/status`, { method: "PUT", json: { status } });
  expect((await set("suspended")).status).toBe(200);
  expect(await open()).toEqual([401, 401]);
  const { refreshToken } = nurse;
  const refresh = await hospital.stranger().send("/api/v1/tenant/auth/refresh", { json: { refreshToken } });
  expect(refresh.status).toBe(401);
  const json = { email: emailOf("nurse", hospital.subdomain), password };
  expect((await hospital.stranger().send("/api/v1/tenant/auth/login", { json })).status).toBe(401);
});

test("hole: an HR manager makes themselves, or somebody else, an administrator", async () => {
  const hospital = await newHospital();
  const hr = await hospital.as("hr-manager");
  const admin = await roleId(hospital, "admin");
  const own = await roleId(hospital, "hr-manager");
  const self = await person(hospital, emailOf("hr-manager", hospital.subdomain));
  const nurse = await person(hospital, emailOf("nurse", hospital.subdomain));
  const chief = await person(hospital, emailOf("admin", hospital.subdomain));
  const rolesBefore = await hospital.system().db.select().from(roles).orderBy(roles.id);
  const made = { name: "Friend", email: "friend@x.example", roleId: admin };
  const all = rolesBefore.find(({ key }) => key === "admin")?.permissions ?? [];
  const tries: readonly (readonly [string, Promise<Response>])[] = [
    ["themselves", hr.send(`${path}/${self.id}`, { method: "PATCH", json: { roleId: admin } })],
    ["another", hr.send(`${path}/${nurse.id}`, { method: "PATCH", json: { roleId: admin } })],
    ["a new account", hr.send(path, { json: made })],
    ["an invitation", hr.send(`${path}/invitations`, { json: made })],
    ["their role", hr.send(`/api/v1/tenant/roles/${own}`, { method: "PATCH", json: { permissions: all } })],
    ["a new role", hr.send("/api/v1/tenant/roles", { json: { name: "Mine", permissions: all } })],
    ["a copy of the role", hr.send(`/api/v1/tenant/roles/${admin}/copies`, { json: { name: "Mine" } })],
    ["the chief's password", hr.send(`${path}/${chief.id}/password-reset`, { method: "POST" })],
    [
      "a key of every right",
      hr.send("/api/v1/tenant/keys", { json: { name: "Mine", scopes: ["settings:edit"] } }),
    ],
  ];
  for (const [what, answering] of tries)
    expect({ what, status: (await answering).status }).toEqual({ what, status: 403 });
  const ofPage = async (id: string) =>
    (
      await hr.submit(`/users/${id}`, `/users/${id}`, {
        ...{ name: "Same", email: `same-${id.slice(-4)}@x.example`, roleId: admin, version: "1" },
      })
    ).status;
  expect([await ofPage(self.id), await ofPage(nurse.id)]).toEqual([403, 403]);
  const file = new FormData();
  file.set("file", new File(["name,email,role\nFriend,friend@x.example,admin\n"], "staff.csv"));
  const listed = await hr.send(`${path}/imports`, { body: file });
  expect([listed.status, await listed.json()]).toMatchObject([201, { ready: 0, faulty: 1 }]);
  expect(await hospital.system().db.select().from(roles).orderBy(roles.id)).toEqual(rolesBefore);
  const admins = await hospital.system().db.select().from(users).where(eq(users.roleId, admin));
  expect(admins.map(({ id }) => id)).toEqual([chief.id]);
});

const injections = [
  "'; drop table patients; --",
  "' or '1'='1",
  "x'; set search_path to public; --",
  '" or ""="',
  "1); select pg_sleep(5); --",
  "\\'; update users set status = 'active'; --",
  "$$; drop schema hospital cascade; $$",
  "{{7*7}}",
];

test("hole: a header injects SQL", async () => {
  const hospital = await newHospital();
  const doctor = await hospital.as("doctor");
  await doctor.send(patientsPath, { json: aPatient() });
  const rows = async () => (await hospital.system().db.select().from(users).orderBy(users.id)).length;
  const before = await rows();
  const cookie = [...doctor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headersOf = (text: string): Readonly<Record<string, string>>[] => [
    { "x-tenant-id": text },
    { host: text },
    { host: `${text}.localhost` },
    { "x-forwarded-host": text },
    { "x-forwarded-for": text },
    { forwarded: `for="${text}"` },
    { "accept-language": text },
    { "user-agent": text },
    { referer: text },
    { origin: text },
    { cookie: `wardline=${text}` },
    { cookie: `${cookie}; wardline_lang=${text}; wardline_theme=${text}; wardline_device=${text}` },
    { "if-none-match": text },
    { "if-match": text },
    { "idempotency-key": text.slice(0, 60) },
    { "x-request-id": text },
    { "x-api-key": text },
    { "x-app-key": text },
    { authorization: `Bearer ${text}` },
    { "hx-target": text, "hx-request": "true" },
  ];
  let asked = 0;
  for (const text of injections)
    for (const headers of headersOf(text))
      for (const [at, json] of [
        ["/patients", null],
        [patientsPath, null],
        ["/sign-in", null],
        [patientsPath, { firstName: 1 }],
        ["/api/v1/tenant/auth/login", { email: "x" }],
      ] as const) {
        const started = performance.now();
        const sent = { headers, ...(json === null ? {} : { json }) };
        const response = await doctor.send(at, sent);
        await response.text();
        asked += 1;
        const took = performance.now() - started;
        expect({ headers, at, broken: response.status >= 500, slow: took > 4_500 }).toEqual({
          ...{ headers, at, broken: false, slow: false },
        });
      }
  expect(asked).toBe(injections.length * 20 * 5);
  expect(await rows()).toBe(before);
  expect((await doctor.get(patientsPath)).status).toBe(200);
  const [odd = ""] = injections;
  const json = { email: emailOf("doctor", hospital.subdomain), password };
  await hospital.stranger().send("/api/v1/tenant/auth/login", { json, headers: { "user-agent": odd } });
  const kept = await hospital.system().db.select().from(sessions).where(eq(sessions.userAgent, odd));
  expect(kept.length).toBe(1);
});

test("hole: default passwords outside the demonstration", async () => {
  const hospital = await newHospital();
  const guesses = ["admin", "password", "Password1", "admin123", "wardline", "demo", "demo-password"];
  const accounts = ["admin", "administrator", "root", "demo", "test", ...staffRoles];
  for (const account of accounts)
    for (const domain of [`${hospital.subdomain}.example`, "wardline.example"]) {
      const guess = guesses[account.length % guesses.length] ?? "";
      const json = { email: `${account}@${domain}`, password: guess };
      const answer = await hospital.stranger().send("/api/v1/tenant/auth/login", { json });
      expect([json.email, answer.status]).toEqual([json.email, 401]);
    }
  const who = await services.connections.control.db.select({ email: operators.email }).from(operators);
  expect(who.map(({ email }) => email)).toContain(ownerEmail);
  // Few enough that the account is not slowed down for whoever comes next.
  for (const guess of guesses.slice(0, 3)) {
    const json = { email: ownerEmail, password: guess };
    const from = new Client(app, "owner.localhost", "203.0.113.77");
    expect((await from.send("/api/v1/owner/auth/login", { json })).status).toBe(401);
  }
  // What others are sent by mail is read by anybody in the demonstration, and by nobody outside it.
  for (const host of [hospital.host, "owner.localhost"])
    expect((await client(host).get("/mailbox")).status).toBe(404);
});

test("hole: limits of the plan that nothing reads", async () => {
  const hospital = await newHospital();
  const admin = await hospital.as("admin");
  await leave(hospital, "users", 1);
  await leave(hospital, "patients", 1);
  const nurse = await roleId(hospital, "nurse");
  const used = [await usedOf(hospital, "users"), await usedOf(hospital, "patients")];
  const addUser = (n: number) =>
    admin.send(path, { json: { name: "One more", email: `more-${n}@x.example`, roleId: nurse } });
  const addPatient = () => admin.send(patientsPath, { json: aPatient() });
  expect([(await addUser(1)).status, (await addPatient()).status]).toEqual([201, 201]);
  expect([(await addUser(2)).status, (await addPatient()).status]).toEqual([402, 402]);
  const now = [await usedOf(hospital, "users"), await usedOf(hospital, "patients")];
  expect(now).toEqual(used.map((count) => count + 1));
});
