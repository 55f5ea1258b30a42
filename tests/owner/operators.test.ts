import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { type TestApp, testApp } from "../support/app.ts";
import { password } from "../support/cast.ts";
import type { Client } from "../support/client.ts";

setDefaultTimeout(60_000);

const path = "/api/v1/owner/operators";
let app: TestApp;
let owner: Client;

beforeAll(async () => {
  app = await testApp();
  owner = await app.owner();
});

async function operator(role: string): Promise<{ id: string; client: Client }> {
  const email = `${role}-${Bun.randomUUIDv7().slice(-8)}@operators.example`;
  const made = await owner.send(path, { json: { name: `The ${role}`, email, role, password } });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const { db } = app.services.connections.control;
  await db.update(operators).set({ mustChangePassword: false }).where(eq(operators.id, id));
  return { id, client: await app.client("owner.localhost").signIn(email, password) };
}

test("to a group admin, every owner route of somebody else's hospital is not there: 404", async () => {
  const { id, client } = await operator("group-admin");
  const given = await owner.send(`${path}/${id}/tenants`, {
    method: "PUT",
    json: { tenantIds: [app.abdullah.id] },
  });
  expect(given.status).toBe(200);
  const { items } = (await (await client.get("/api/v1/owner/tenants?limit=100")).json()) as {
    items: { id: string }[];
  };
  expect(items.map((item) => item.id)).toEqual([app.abdullah.id]);
  const wrong: string[] = [];
  let asked = 0;
  for (const route of app.app.routes) {
    if (route.portal !== "owner" || !/^(\/api\/v1\/owner\/tenants|\/hospitals)\/:id/.test(route.path))
      continue;
    const at = route.path.replace(":id", app.ramzan.id).replaceAll(/:[A-Za-z]+/g, Bun.randomUUIDv7());
    const response = await client.send(at, {
      method: route.method,
      ...(route.method === "GET" ? {} : { json: {} }),
    });
    asked += 1;
    if (response.status !== 404) wrong.push(`${route.method} ${route.path} answered ${response.status}`);
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(20);
  for (const page of ["/", "/hospitals", "/health", "/people"])
    expect([page, (await client.page(page)).includes("Ramzan Hospital")]).toEqual([page, false]);
  expect((await client.get(`/api/v1/owner/tenants/${app.abdullah.id}`)).status).toBe(200);
});

test("an admin knows no operators; nobody changes their own role; the last super-admin stays", async () => {
  const { client } = await operator("admin");
  expect((await client.get(path)).status).toBe(403);
  const { items } = (await (await owner.get(path)).json()) as {
    items: { id: string; role: string; status: string }[];
  };
  const [last, ...others] = items.filter((one) => one.role === "super-admin" && one.status === "active");
  expect(others).toEqual([]);
  const demote = { method: "PATCH", json: { role: "admin" } };
  const refused = await owner.send(`${path}/${last?.id}`, demote);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
    409,
    "operator.last-super-admin",
  ]);
});

test("two super-admins who demote each other at once: exactly one succeeds", async () => {
  const one = await operator("super-admin");
  const two = await operator("super-admin");
  const demote = { method: "PATCH", json: { role: "admin" } };
  const answers = await Promise.all([
    one.client.send(`${path}/${two.id}`, demote),
    two.client.send(`${path}/${one.id}`, demote),
  ]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
});
