import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type TestApp, testApp } from "../support/app.ts";
import { password } from "../support/cast.ts";
import type { Client } from "../support/client.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(30_000);

const base = "/api/v1/owner/tenants";
let app: TestApp;
let owner: Client;
let stem = 0;

beforeAll(async () => {
  app = await testApp();
  owner = await app.owner();
});

/** A complete request; names are unlike those of other runs on the same server. */
const request = (more: Record<string, unknown> = {}) => {
  stem += 1;
  const subdomain = `api-${stem}-${Bun.randomUUIDv7().slice(-8)}`;
  return {
    companyName: `Api Hospital ${stem}`,
    subdomain,
    tenantDbName: subdomain.replaceAll("-", "_"),
    region: "pk-lahore",
    plan: "basic",
    firstAdmin: { name: "Amina Admin", email: `admin@${subdomain}.example`, password },
    ...more,
  };
};
const body = async (response: Response) =>
  (await response.json()) as Record<string, unknown> & { id: string };
const fieldsOf = (problem: Record<string, unknown>) =>
  ((problem["errors"] ?? []) as { field: string }[]).map((error) => error.field);

describe("POST /api/v1/owner/tenants", () => {
  test("creates a hospital whose admin can sign in at once: 201, row, Location, ETag", async () => {
    const asked = request();
    const response = await owner.send(base, { json: asked });
    expect(response.status).toBe(201);
    const row = await body(response);
    expect(response.headers.get("location")).toBe(`${base}/${row.id}`);
    expect(row).toMatchObject({
      subdomain: asked.subdomain,
      status: "active",
      plan: "basic",
      subscriptionStatus: "trial",
    });
    expect(row["firstAdmin"]).toEqual({ email: asked.firstAdmin.email, password: null });
    const admin = await app.client(`${asked.subdomain}.localhost`).signIn(asked.firstAdmin.email, password);
    expect((await admin.get("/api/v1/tenant/auth/me")).status).toBe(200);
    const read = await owner.get(`${base}/${row.id}`);
    expect(read.headers.get("etag")).toBe(response.headers.get("etag"));
    expect(JSON.stringify(await read.json())).not.toMatch(/sealed|roleName/);
  });

  test("the same subdomain again: 409 naming it", async () => {
    const asked = request();
    expect((await owner.send(base, { json: asked })).status).toBe(201);
    const again = await owner.send(base, { json: { ...asked, tenantDbName: `${asked.tenantDbName}_b` } });
    expect(again.status).toBe(409);
    expect(fieldsOf(await body(again))).toEqual(["subdomain"]);
  });

  test("the same request under one Idempotency-Key is answered twice and done once", async () => {
    const asked = request();
    const headers = { "idempotency-key": Bun.randomUUIDv7() };
    const first = await owner.send(base, { json: asked, headers });
    const second = await owner.send(base, { json: asked, headers });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await body(second)).id).toBe((await body(first)).id);
  });

  const bad: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ["no name", { companyName: undefined }, "companyName"],
    ["a reserved subdomain", { subdomain: "owner" }, "subdomain"],
    ["markup as a subdomain", { subdomain: "<b>x</b>" }, "subdomain"],
    ["SQL as a database name", { tenantDbName: 'x"; drop table tenants; --' }, "tenantDbName"],
    ["a turned-round name", { companyName: "\u202egood" }, "companyName"],
    ["a control character", { companyName: "a\u0000b" }, "companyName"],
    ["a megabyte of name", { companyName: "x".repeat(1_000_000) }, "companyName"],
    ["an unknown plan", { plan: "golden" }, "plan"],
    ["a number for a region", { region: 7 }, "region"],
    ["an unknown isolation", { isolation: "row" }, "isolation"],
    ["an unknown zone", { timeZone: "Mars/Olympus" }, "timeZone"],
    ["no admin", { firstAdmin: undefined }, "firstAdmin"],
    ["a wrong email", { firstAdmin: { name: "Amina", email: "amina" } }, "firstAdmin.email"],
    [
      "a short password",
      { firstAdmin: { name: "Amina", email: "a@b.example", password: "short" } },
      "firstAdmin.password",
    ],
  ];
  for (const [what, more, field] of bad)
    test(`${what}: 422 naming ${field}, and nothing is made`, async () => {
      const asked = request(more);
      const response = await owner.send(base, { json: asked });
      expect(response.status).toBe(422);
      expect(fieldsOf(await body(response))).toContain(field);
      const found = await owner.get(`${base}?search=${encodeURIComponent(`Api Hospital ${stem}`)}`);
      expect((await body(found))["total"]).toBe(0);
    });

  test("a stranger: 401; a hospital's admin: 401 or 404", async () => {
    const stranger = app.client("owner.localhost");
    expect((await stranger.send(base, { json: request() })).status).toBe(401);
    const admin = await app.abdullah.as("admin");
    expect((await admin.send(base, { json: request() })).status).toBe(404);
    const crossed = await stranger.send(base, {
      json: request(),
      headers: { authorization: `Bearer ${admin.token}` },
    });
    expect(crossed.status).toBe(401);
  });
});

describe("a hospital's states over the API", () => {
  test("suspended, its people are refused at once; activated, they are let in again", async () => {
    const asked = request();
    const { id } = await body(await owner.send(base, { json: asked }));
    const admin = await app.client(`${asked.subdomain}.localhost`).signIn(asked.firstAdmin.email, password);
    const me = () => admin.get("/api/v1/tenant/auth/me");
    expect((await me()).status).toBe(200);
    const put = await owner.send(`${base}/${id}/suspension`, { method: "PUT", json: { reason: "Unpaid" } });
    expect([put.status, (await body(put))["status"]]).toEqual([200, "suspended"]);
    await until(async () => (await me()).status === 403);
    expect((await owner.send(`${base}/${id}/suspension`, { method: "DELETE" })).status).toBe(200);
    await until(async () => (await me()).status === 200);
  });

  test("deleted, it is gone from its address, and can be taken back", async () => {
    const asked = request();
    const { id } = await body(await owner.send(base, { json: asked }));
    const wrong = await owner.send(`${base}/${id}`, { method: "DELETE", json: { confirmation: "yes" } });
    expect([wrong.status, fieldsOf(await body(wrong))]).toEqual([422, ["confirmation"]]);
    const gone = await owner.send(`${base}/${id}`, {
      method: "DELETE",
      json: { confirmation: asked.companyName },
    });
    expect([gone.status, (await body(gone))["status"]]).toEqual([202, "deleting"]);
    const door = app.client(`${asked.subdomain}.localhost`);
    await until(async () => (await door.get("/sign-in")).status === 404);
    expect((await owner.send(`${base}/${id}/deletion`, { method: "DELETE" })).status).toBe(200);
    await until(async () => (await door.get("/sign-in")).status === 200);
  });

  test("changed against the version that was read: 428 without If-Match, 412 with an old one", async () => {
    const { id } = await body(await owner.send(base, { json: request() }));
    const etag = (await owner.get(`${base}/${id}`)).headers.get("etag") ?? "";
    const patch = (headers: Record<string, string>) =>
      owner.send(`${base}/${id}`, { method: "PATCH", json: { companyName: `Renamed ${stem}` }, headers });
    expect((await patch({})).status).toBe(428);
    expect((await patch({ "if-match": etag })).status).toBe(200);
    expect((await patch({ "if-match": etag })).status).toBe(412);
  });
});

test("lists page by Link and cursor, each hospital once", async () => {
  const seen: string[] = [];
  let path: string | null = `${base}?limit=2&sort=created&descending=true`;
  while (path !== null) {
    const response = await owner.get(path);
    const page = (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
    seen.push(...page.items.map((item) => item.id));
    const next: string | undefined = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    expect(next === undefined).toBe(page.nextCursor === null);
    path = next ?? null;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain(app.abdullah.id);
  expect((await owner.get(`${base}?cursor=nonsense`)).status).toBe(422);
  expect((await owner.get(`${base}?status=closed`)).status).toBe(422);
});

test("the steps of a creation are read and watched; a finished one is not retried", async () => {
  const { id } = await body(await owner.send(base, { json: request() }));
  const steps = await body(await owner.get(`${base}/${id}/provisioning`));
  expect(steps).toMatchObject({ status: "done" });
  expect(JSON.stringify(steps)).not.toContain("sealed");
  const stream = await owner.get(`${base}/${id}/provisioning/events`);
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  const text = await stream.text();
  expect(text).toStartWith("event: provisioning\ndata: {");
  expect((await owner.send(`${base}/${id}/provisioning`, { method: "POST" })).status).toBe(409);
  expect((await owner.send(`${base}/${id}/first-password`, { method: "POST" })).status).toBe(410);
});

test("plans and servers are listed, without credentials", async () => {
  const plans = (await (await owner.get("/api/v1/owner/plans")).json()) as { items: { key: string }[] };
  expect(plans.items.map((plan) => plan.key)).toEqual([
    "trial",
    "basic",
    "advanced",
    "professional",
    "enterprise",
  ]);
  const servers = await (await owner.get("/api/v1/owner/servers")).text();
  expect(servers).toContain('"local"');
  expect(servers).not.toMatch(/assword|adminUser/);
});

/** The announcement of a change reaches the app's memory of hospitals through the database: in a moment. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 200) throw new Error("It did not come about.");
    await Bun.sleep(10);
  }
}
