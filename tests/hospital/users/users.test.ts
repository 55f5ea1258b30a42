import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { eventsOf, leave, problemOf, usedOf } from "../patients/support.ts";

const { abdullah, ramzan, newHospital, client } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const hr = await hospital.as("hr-manager");
const path = "/api/v1/tenant/users";

interface UserAnswer {
  readonly id: string;
  readonly email: string;
  readonly status: string;
  readonly roleId: string;
  readonly temporaryPassword?: string | null;
}

async function roleId(key: string, where = hospital): Promise<string> {
  const [row] = await where.system().db.select({ id: roles.id }).from(roles).where(eq(roles.key, key));
  return row?.id ?? "";
}

let made = 0;
async function add(role: string, more: Record<string, unknown> = {}): Promise<UserAnswer> {
  made += 1;
  const json = {
    name: `Person ${made}`,
    email: `person-${made}@x.example`,
    roleId: await roleId(role),
    ...more,
  };
  const response = await admin.send(path, { json });
  expect(response.status).toBe(201);
  return (await response.json()) as UserAnswer;
}

test("a user is added with a password told once, to be changed before anything else", async () => {
  const user = await add("nurse");
  expect(user.temporaryPassword).toMatch(/^\w{4}(-\w{4}){3}$/);
  expect(await eventsOf(hospital, user.id)).toEqual(["user.created"]);
  const person = client(hospital.host);
  await person.signIn(user.email, user.temporaryPassword ?? "");
  const led = await person.get("/patients");
  expect([led.status, led.headers.get("location")]).toEqual([303, "/profile/password"]);
  const chosen = "quiet river and tall trees";
  const change = (repeatPassword: string) =>
    person.submit("/profile/password", "/profile/password", {
      currentPassword: user.temporaryPassword ?? "",
      newPassword: chosen,
      repeatPassword,
    });
  expect((await change("something else")).status).toBe(422);
  expect((await change(chosen)).status).toBe(303);
  expect((await person.get("/patients")).status).toBe(200);
});

test("no answer holds what proves a password", async () => {
  const listed = await (await admin.get(`${path}?limit=100`)).text();
  expect(listed).toContain(emailOf("doctor", hospital.subdomain));
  expect(listed).not.toMatch(/argon2|passwordHash/);
});

test("what is wrong is named: a taken address, an unknown role, a weak password", async () => {
  const nurse = await roleId("nurse");
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ name: "A", email: emailOf("doctor", hospital.subdomain).toUpperCase(), roleId: nurse }, "email"],
    [{ name: "A", email: "a@x.example", roleId: Bun.randomUUIDv7() }, "roleId"],
    [{ name: "A", email: "a@x.example", roleId: await roleId("nurse", abdullah) }, "roleId"],
    [{ name: "A", email: "a@x.example", roleId: nurse, password: "short" }, "password"],
    [{ name: " ", email: "a@x.example", roleId: nurse }, "name"],
    [{ name: "A", email: "a@x.example", roleId: nurse, departmentId: Bun.randomUUIDv7() }, "departmentId"],
  ];
  for (const [json, field] of cases) {
    const response = await admin.send(path, { json });
    expect([response.status, (await problemOf(response)).errors?.[0]?.field]).toEqual([422, field]);
  }
});

test("nobody gives a role that holds more than they do, nor raises themselves", async () => {
  const higher = { name: "A", email: "raised@x.example", roleId: await roleId("admin") };
  const given = await hr.send(path, { json: higher });
  expect([given.status, (await problemOf(given)).code]).toEqual([403, "role.beyond-own"]);
  const me = (await (await hr.get("/api/v1/tenant/auth/me")).json()) as { id: string };
  const raised = await hr.send(`${path}/${me.id}`, { method: "PATCH", json: { roleId: higher.roleId } });
  expect(raised.status).toBe(403);
  const doctor = await add("doctor");
  const seized = await hr.send(`${path}/${doctor.id}`, {
    method: "PATCH",
    json: { email: "mine@x.example" },
  });
  expect(seized.status).toBe(403);
  expect((await hr.send(`${path}/${doctor.id}/password-reset`, { method: "POST" })).status).toBe(403);
});

test("whoever is suspended is out at the next request, pages and tokens, until let in again", async () => {
  const user = await add("nurse", { password: "a good long password" });
  const person = client(hospital.host);
  await person.signIn(user.email, "a good long password");
  // Whoever was given a password chooses their own before anything else.
  const own = "seven-lamps-in-rain";
  const json = { currentPassword: "a good long password", newPassword: own };
  expect((await person.send("/api/v1/tenant/auth/password", { json })).status).toBe(204);
  await person.signIn(user.email, own);
  expect((await person.get(`/api/v1/tenant/patients`)).status).toBe(200);
  const set = (status: string) =>
    admin.send(`${path}/${user.id}/status`, { method: "PUT", json: { status } });
  expect((await set("suspended")).status).toBe(200);
  expect((await person.get("/api/v1/tenant/patients")).status).toBe(401);
  expect((await person.get("/profile/password")).status).toBe(401);
  const back = await person.send("/sign-in", {
    form: { email: user.email, password: own },
  });
  expect(back.status).toBe(401);
  expect((await set("active")).status).toBe(200);
  await person.signIn(user.email, own);
  expect(await eventsOf(hospital, user.id)).toEqual([
    "user.created",
    "user.password-changed",
    "user.suspended",
    "user.activated",
  ]);
});

test("two administrators who end each other at once leave one", async () => {
  const own = await newHospital();
  const first = await own.as("admin");
  const admins = await roleId("admin", own);
  const json = { name: "Second", email: "second@x.example", roleId: admins, password };
  const second = (await (await first.send(path, { json })).json()) as UserAnswer;
  const other = client(own.host);
  await other.signIn(second.email, password);
  const me = (await (await first.get("/api/v1/tenant/auth/me")).json()) as { id: string };
  const nurse = await roleId("nurse", own);
  const answers = await Promise.all([
    first.send(`${path}/${second.id}`, { method: "PATCH", json: { roleId: nurse } }),
    other.send(`${path}/${me.id}`, { method: "PATCH", json: { roleId: nurse } }),
  ]);
  expect(answers.map(({ status }) => status).filter((status) => status === 200).length).toBe(1);
  const last = await first.send(`${path}/${me.id}`, { method: "PATCH", json: { roleId: nurse } });
  const others = await other.send(`${path}/${second.id}`, { method: "PATCH", json: { roleId: nurse } });
  expect([200, 200].includes(last.status) && others.status === 200).toBe(false);
});

test("of many additions at the limit exactly the rest are admitted; an ended account frees its place", async () => {
  const own = await newHospital();
  const first = await own.as("admin");
  const nurse = await roleId("nurse", own);
  await leave(own, "users", 2);
  const used = await usedOf(own, "users");
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      first.send(path, { json: { name: "N", email: `n${index}@x.example`, roleId: nurse, password } }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201).length).toBe(2);
  expect(answers.filter(({ status }) => status === 402).length).toBe(4);
  const [taken] = answers.filter(({ status }) => status === 201);
  const { id } = (await (taken ?? new Response("{}")).json()) as UserAnswer;
  const ended = await first.send(`${path}/${id}/status`, { method: "PUT", json: { status: "deactivated" } });
  expect(ended.status).toBe(200);
  expect(await usedOf(own, "users")).toBe(used + 1);
});

test("strangers, roles without the right, and other hospitals are kept out", async () => {
  const user = await add("nurse");
  const nurse = await hospital.as("nurse");
  expect((await hospital.stranger().get(path)).status).toBe(401);
  expect((await nurse.get(path)).status).toBe(403);
  expect((await nurse.get("/users")).status).toBe(403);
  const elsewhere = await ramzan.as("admin");
  expect((await elsewhere.get(`${path}/${user.id}`)).status).toBe(404);
  expect((await elsewhere.get(`/users/${user.id}`)).status).toBe(404);
});

test("the pages list, add, change, suspend and reset", async () => {
  const nurse = await roleId("nurse");
  const added = await admin.submit("/users/new", "/users", {
    name: "Paged Person",
    email: "paged@x.example",
    roleId: nurse,
  });
  const told = await added.text();
  expect([added.status, added.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const id = /\/users\/([0-9a-f-]{36})/.exec(told)?.[1] ?? "";
  expect(await admin.page("/users?search=paged")).toContain("Paged Person");
  const at = `/users/${id}`;
  const wrong = await admin.submit(at, at, { name: "", email: "paged@x.example", roleId: nurse });
  expect(wrong.status).toBe(422);
  const right = { name: "Paged Person II", email: "paged@x.example", roleId: nurse, version: "1" };
  expect((await admin.submit(at, at, right)).status).toBe(303);
  expect((await admin.submit(`${at}/suspension`, `${at}/suspension`)).status).toBe(303);
  expect(await admin.page(at)).toContain("Suspended");
  expect((await admin.submit(at, `${at}/activation`)).status).toBe(303);
  expect(await (await admin.submit(at, `${at}/password-reset`)).text()).toContain("password to pass on");
});
