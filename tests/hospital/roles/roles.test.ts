import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { users } from "../../../db/schema/hospital/users.ts";
import { testApp } from "../../support/app.ts";
import { password } from "../../support/cast.ts";
import { eventsOf, problemOf } from "../patients/support.ts";

const { newHospital, ramzan, client } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const path = "/api/v1/tenant/roles";

/** Somebody who has chosen a password of their own. */
const settled = (email: string) =>
  hospital.system().db.update(users).set({ mustChangePassword: false }).where(eq(users.email, email));

interface RoleAnswer {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly users: number;
}

const listed = async () => ((await (await admin.get(path)).json()) as { items: RoleAnswer[] }).items;
const named = async (key: string) => (await listed()).find((role) => role.key === key);

async function add(name: string, permissions: readonly string[]): Promise<RoleAnswer> {
  const response = await admin.send(path, { json: { name, permissions } });
  expect(response.status).toBe(201);
  return (await response.json()) as RoleAnswer;
}

test("the eleven standard roles are there, with how many have each", async () => {
  expect((await listed()).length).toBe(11);
  expect((await named("doctor"))?.users).toBe(1);
});

test("a role of one's own gives its rights at the next request, and takes them as soon", async () => {
  const role = await add("Ward clerk", ["patients:read"]);
  const json = { name: "Clerk", email: "clerk@x.example", roleId: role.id, password };
  expect((await admin.send("/api/v1/tenant/users", { json })).status).toBe(201);
  await settled("clerk@x.example");
  const clerk = await client(hospital.host).signIn("clerk@x.example", password);
  const patients = () => clerk.get("/api/v1/tenant/patients");
  expect((await patients()).status).toBe(200);
  const change = { method: "PATCH", json: { permissions: ["departments:read"] } };
  expect((await admin.send(`${path}/${role.id}`, change)).status).toBe(200);
  expect((await patients()).status).toBe(403);
  const used = await admin.send(`${path}/${role.id}`, { method: "DELETE" });
  expect([used.status, (await problemOf(used)).code]).toEqual([409, "role.in-use"]);
  expect(await eventsOf(hospital, role.id)).toEqual(["role.created", "role.updated"]);
});

test("nobody makes or changes a role beyond what they hold", async () => {
  const narrow = await add("Role keeper", ["roles:read", "roles:edit", "users:read"]);
  const json = { name: "Keeper", email: "keeper@x.example", roleId: narrow.id, password };
  await admin.send("/api/v1/tenant/users", { json });
  await settled("keeper@x.example");
  const keeper = await client(hospital.host).signIn("keeper@x.example", password);
  const beyond = { name: "Everything", permissions: ["patients:delete"] };
  expect((await problemOf(await keeper.send(path, { json: beyond }))).code).toBe("role.beyond-own");
  const own = { method: "PATCH", json: { permissions: [...narrow.permissions, "settings:edit"] } };
  expect((await keeper.send(`${path}/${narrow.id}`, own)).status).toBe(403);
  const doctor = await named("doctor");
  const less = { method: "PATCH", json: { permissions: [] } };
  expect((await keeper.send(`${path}/${doctor?.id}`, less)).status).toBe(403);
});

test("the administrator's role keeps all rights; standard roles can't be removed; an unused one can", async () => {
  const whole = await named("admin");
  const less = { method: "PATCH", json: { permissions: ["patients:read"] } };
  expect((await problemOf(await admin.send(`${path}/${whole?.id}`, less))).code).toBe("role.admin-whole");
  const doctor = await named("doctor");
  expect((await problemOf(await admin.send(`${path}/${doctor?.id}`, { method: "DELETE" }))).code).toBe(
    "role.built-in",
  );
  const spare = await add("Spare", []);
  expect((await admin.send(`${path}/${spare.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await admin.get(`${path}/${spare.id}`)).status).toBe(404);
});

test("wrong input is named; strangers, other roles and other hospitals are kept out", async () => {
  const bad = await admin.send(path, { json: { name: "X", permissions: ["everything"] } });
  expect([bad.status, (await problemOf(bad)).errors?.[0]?.field]).toEqual([422, "permissions.0"]);
  expect(
    (await problemOf(await admin.send(path, { json: { name: "doctor", permissions: [] } }))).errors,
  ).toMatchObject([{ field: "name", code: "taken" }]);
  expect((await hospital.stranger().get(path)).status).toBe(401);
  expect((await (await hospital.as("nurse")).get(path)).status).toBe(403);
  const hr = await hospital.as("hr-manager");
  expect((await hr.send(path, { json: { name: "Mine", permissions: [] } })).status).toBe(403);
  const doctor = await named("doctor");
  expect((await (await ramzan.as("admin")).get(`${path}/${doctor?.id}`)).status).toBe(404);
});

test("the matrix of rights is shown, saved and removed by pages", async () => {
  const page = await admin.page("/roles/new");
  expect(page).toContain('value="patients:register"');
  const proof = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const body = new URLSearchParams({ _csrf: proof, name: "Paged role" });
  body.append("permissions", "patients:read");
  body.append("permissions", "users:read");
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await admin.send("/roles", { method: "POST", body: body.toString(), headers })).status).toBe(303);
  const role = (await listed()).find(({ name }) => name === "Paged role");
  expect(role?.permissions).toEqual(["patients:read", "users:read"]);
  const at = `/roles/${role?.id}`;
  expect((await admin.submit(at, at, { name: "", permissions: "users:read" })).status).toBe(422);
  const saved = await admin.submit(at, at, { name: "Paged role", permissions: "users:read", version: "1" });
  expect(saved.status).toBe(303);
  expect((await admin.submit(`${at}/removal`, `${at}/removal`)).status).toBe(303);
});

test("a page that is refused names the right as the roles' form does, in the reader's language", async () => {
  const nurse = await hospital.as("nurse");
  const refused = await nurse.get("/roles");
  expect(refused.status).toBe(403);
  const page = await refused.text();
  expect(page).toContain("Your role does not allow this.");
  expect(page).toContain("See the roles");
  expect(page).not.toContain("(roles:read)");
  await nurse.send("/preferences", { form: { language: "ur", returnTo: "/" } });
  expect(await (await nurse.get("/roles")).text()).toContain("عہدے دیکھنا");
});
