import { expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { userInvitations, users } from "../../../db/schema/hospital/users.ts";
import { resumeImportsDue } from "../../../server/bridge/resume-imports.ts";
import { sha256 } from "../../../server/crypto.ts";
import { draftUserImport } from "../../../server/hospital/users/import/draft-user-import.ts";
import { runUserImport } from "../../../server/hospital/users/import/run-user-import.ts";
import { beginUserImport } from "../../../server/hospital/users/import/start-user-import.ts";
import { testApp } from "../../support/app.ts";
import { password } from "../../support/cast.ts";
import { leave, problemOf, usedOf } from "../patients/support.ts";

setDefaultTimeout(60_000);

const { newHospital, client } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const hr = await hospital.as("hr-manager");
const path = "/api/v1/tenant/users";
const { db } = hospital.system();

const idOf = async (table: typeof roles | typeof departments, key: string) =>
  (await db.select({ id: table.id }).from(table).where(eq(table.key, key)))[0]?.id ?? "";

async function signedIn(role: string, more: Record<string, unknown> = {}) {
  const email = `${Bun.randomUUIDv7().slice(-10)}@people.example`;
  const json = { name: `The ${role}`, email, password, roleId: await idOf(roles, role), ...more };
  const made = await admin.send(path, { json });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  await db.update(users).set({ mustChangePassword: false }).where(eq(users.id, id));
  return { id, client: await client(hospital.host).signIn(email, password) };
}

test("an invitation takes its place, works once, and is gone when withdrawn or expired", async () => {
  const used = await usedOf(hospital, "users");
  const invite = async (email: string) => {
    const json = { name: "Invited", email, roleId: await idOf(roles, "nurse") };
    const response = await admin.send(`${path}/invitations`, { json });
    expect(response.status).toBe(201);
    return ((await response.json()) as { id: string }).id;
  };
  const first = await invite("first@invited.example");
  expect(await usedOf(hospital, "users")).toBe(used + 1);
  const token = "a-token-of-the-test-that-is-long-enough";
  const known = { tokenHash: sha256(token) };
  await db.update(userInvitations).set(known).where(eq(userInvitations.userId, first));
  const stranger = hospital.stranger();
  expect(await stranger.page(`/invitations/${token}`)).toContain("first@invited.example");
  const accept = () =>
    stranger.send("/api/v1/tenant/auth/signup", {
      json: { token, name: "Nadia First", password, role: "admin", roleId: "x" },
    });
  const both = await Promise.all([accept(), accept()]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 410]);
  expect((await accept()).status).toBe(410);
  expect((await stranger.get(`/invitations/${token}`)).status).toBe(410);
  const [person] = await db.select().from(users).where(eq(users.id, first));
  expect([person?.status, person?.name, person?.roleId]).toEqual([
    "active",
    "Nadia First",
    await idOf(roles, "nurse"),
  ]);
  await client(hospital.host).signIn("first@invited.example", password);
  const second = await invite("second@invited.example");
  expect((await admin.send(`${path}/${second}/invitation`, { method: "POST" })).status).toBe(200);
  expect((await admin.send(`${path}/${second}/invitation`, { method: "DELETE" })).status).toBe(204);
  expect(await usedOf(hospital, "users")).toBe(used + 1);
});

test("an HR manager can't suspend, reset or re-role an administrator: 403", async () => {
  const target = await signedIn("admin");
  const asks = [
    hr.send(`${path}/${target.id}/status`, { method: "PUT", json: { status: "suspended" } }),
    hr.send(`${path}/${target.id}/password-reset`, { method: "POST" }),
    hr.send(`${path}/${target.id}`, { method: "PATCH", json: { roleId: await idOf(roles, "nurse") } }),
  ];
  for (const answer of await Promise.all(asks)) expect(answer.status).toBe(403);
});

test("two administrators who demote each other at once: exactly one succeeds", async () => {
  const one = await signedIn("admin");
  const two = await signedIn("admin");
  const demote = { method: "PATCH", json: { roleId: await idOf(roles, "nurse") } };
  const answers = await Promise.all([
    one.client.send(`${path}/${two.id}`, demote),
    two.client.send(`${path}/${one.id}`, demote),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
});

test("the database itself keeps the last administrator, whatever writes", async () => {
  const other = await newHospital();
  const everybody = other.system().db.update(users).set({ status: "suspended" });
  expect(everybody.execute()).rejects.toThrow();
});

test("whoever is limited to a department sees and administers its people alone", async () => {
  const nursing = await idOf(departments, "nursing");
  const limited = await signedIn("hr-manager", { departmentId: nursing, scope: "departments" });
  const inside = await signedIn("nurse", { departmentId: nursing, scope: "departments" });
  const list = (await (await limited.client.get(`${path}?limit=100`)).json()) as { items: { id: string }[] };
  expect(list.items.map(({ id }) => id).sort()).toEqual([limited.id, inside.id].sort());
  const outside = await signedIn("nurse", { departmentId: await idOf(departments, "surgery") });
  expect((await limited.client.get(`${path}/${outside.id}`)).status).toBe(404);
  const widen = { method: "PATCH", json: { scope: "hospital" } };
  expect((await problemOf(await limited.client.send(`${path}/${limited.id}`, widen))).code).toBe(
    "user.beyond-scope",
  );
  const figures = (await (await limited.client.get(`${path}/statistics`)).json()) as { total: number };
  expect(figures.total).toBe(2);
});

test("a list whose worker was lost is found by the sweep, and gone on with", async () => {
  const { services, clock } = await testApp();
  const bytes = new TextEncoder().encode("name;email;role\nLost One;lost.one@list.example;nurse\n");
  const draft = await draftUserImport(hospital.system(), { origin: "page", fileName: "lost.csv", bytes });
  await beginUserImport(hospital.system(), draft.id);
  const asked: unknown[] = [];
  const queue = { ...services.queue, add: async (_: string, data: unknown) => void asked.push(data) };
  const request = { tenantId: hospital.id, importId: draft.id };
  await resumeImportsDue({ ...services, queue });
  expect(asked).not.toContainEqual(request);
  const later = { now: () => new Date(clock.now().getTime() + 3 * 60_000) };
  await resumeImportsDue({ ...services, queue, clock: later });
  expect(asked).toContainEqual(request);
  expect(await runUserImport(hospital.system(), draft.id)).toMatchObject({ status: "done", created: 1 });
  asked.length = 0;
  await resumeImportsDue({ ...services, queue, clock: later });
  expect(asked).not.toContainEqual(request);
});

test("a list is judged line by line, invites within the plan, and adds nobody twice", async () => {
  const file = [
    "name;email;role;departments",
    "Ali One;ali.one@list.example;nurse;Nursing; Emergency",
    'Sana Two;sana.two@list.example;doctor;"Nursing; Surgery"',
    "No Role;no.role@list.example;king;",
    "No Mail;nowhere;nurse;",
    "Ali Again;ALI.ONE@list.example;nurse;",
  ].join("\n");
  const form = new FormData();
  form.append("file", new File([file], "staff.csv", { type: "text/csv" }));
  const upload = await admin.send(`${path}/imports`, { body: form });
  expect(upload.status).toBe(201);
  expect(await upload.json()).toMatchObject({ rowsTotal: 5, ready: 2, faulty: 3, existing: 0 });
  const bytes = new TextEncoder().encode(file);
  const given = { origin: "command", fileName: "staff.csv", bytes } as const;
  await leave(hospital, "users", 1);
  const system = hospital.system();
  const draft = await draftUserImport(system, given);
  await beginUserImport(system, draft.id);
  expect(await runUserImport(system, draft.id)).toMatchObject({ status: "done", created: 1, failed: 1 });
  await leave(hospital, "users", null);
  const again = await draftUserImport(system, given);
  expect(again).toMatchObject({ ready: 1, existing: 2, faulty: 2 });
  await beginUserImport(system, again.id);
  const [a, b] = await Promise.all([runUserImport(system, again.id), runUserImport(system, again.id)]);
  expect(Math.max(a.created, b.created)).toBe(1);
  expect(await admin.page(`/users/imports/${again.id}`)).toContain("sana.two@list.example");
  expect(await admin.page("/users/statistics")).toContain("<svg");
});
