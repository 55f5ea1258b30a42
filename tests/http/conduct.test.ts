import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { idempotencyKeys } from "../../db/schema/hospital/idempotency.ts";
import { patients } from "../../db/schema/hospital/patients.ts";
import { createApp } from "../../server/app.ts";
import { assetUrls } from "../../server/http/assets.ts";
import { safeReturn } from "../../server/http/reply.ts";
import { createServices } from "../../server/services.ts";
import { type TestHospital, testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

const sara = { firstName: "Sara", lastName: "Khan", sex: "female", bornOn: "1990-05-17" };
const patientsUrl = "/api/v1/tenant/patients";

/** How many patients of this family name the hospital has. */
async function named(hospital: TestHospital, lastName: string): Promise<number> {
  const rows = await hospital.system().db.select().from(patients).where(eq(patients.lastName, lastName));
  return rows.length;
}

test("an error is a problem document with the id that the answer's header carries", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const response = await admin.get(`${patientsUrl}/01980000-0000-7000-8000-000000000000`, {
    "x-request-id": "from-the-client-1",
  });
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("x-request-id")).toBe("from-the-client-1");
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: "not-found",
    status: 404,
    code: "patient.not-found",
    detail: "There is no such patient.",
    requestId: "from-the-client-1",
  });
  const odd = await admin.get("/api/v1/tenant/auth/me", { "x-request-id": "a b;c" });
  expect(odd.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("every answer forbids inline script, frames, sniffing and copies: page, JSON, error, asset, unknown host", async () => {
  const { abdullah, client } = await testApp();
  const admin = await abdullah.as("admin");
  const asset = assetUrls()["app.css"] ?? "";
  const answers = {
    page: await admin.get("/sign-in"),
    json: await admin.get("/api/v1/tenant/auth/me"),
    problem: await abdullah.stranger().get("/api/v1/tenant/auth/me"),
    missing: await admin.get("/nothing-here"),
    asset: await admin.get(asset),
    "missing asset": await admin.get("/assets/nothing.css"),
    "unknown host": await client("nowhere.localhost").get("/"),
    apex: await client("localhost").get("/"),
    alive: await client("localhost").get("/livez"),
    ready: await client("localhost").get("/readyz"),
    metrics: await client("localhost").get("/metrics"),
    guide: await abdullah.stranger().get("/docs"),
  };
  for (const [what, { headers }] of Object.entries(answers)) {
    const policy = headers.get("content-security-policy") ?? "";
    const scripts = policy.split("; ").find((part) => part.startsWith("script-src"));
    expect({ what, scripts }).toEqual({ what, scripts: "script-src 'self'" });
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("x-request-id")).toMatch(/^[A-Za-z0-9-]{8,64}$/);
    const kept = what === "asset" ? "immutable" : "no-store";
    expect({ what, cache: headers.get("cache-control") }).toEqual({
      what,
      cache: expect.stringContaining(kept),
    });
  }
});

test("HEAD answers like GET, without the body", async () => {
  const { app, abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  for (const path of [patientsUrl, "/docs", "/docs/json", assetUrls()["app.css"] ?? "", "/livez"]) {
    const [got, headed] = [await admin.get(path), await admin.send(path, { method: "HEAD" })];
    expect({ path, status: headed.status }).toEqual({ path, status: got.status });
    expect(headed.headers.get("content-type")).toBe(got.headers.get("content-type"));
    expect(await headed.text()).toBe("");
    await got.body?.cancel();
  }
  const tried: string[] = [];
  for (const { portal, method, path } of app.routes) {
    if (portal !== "hospital" || method !== "GET" || /[:*]/.test(path)) continue;
    tried.push(path);
    expect((await admin.send(path, { method: "HEAD" })).status).toBeLessThan(400);
  }
  expect(tried.length).toBeGreaterThan(5);
});

test("another method is refused with those that are there; nothing is 404 for every method", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  for (const method of ["OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
    const response = await admin.send(patientsUrl, { method });
    expect({ method, status: response.status }).toEqual({ method, status: 405 });
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST");
    expect(await response.json()).toMatchObject({ code: "method.not-allowed", status: 405 });
  }
  for (const method of ["OPTIONS", "POST", "DELETE", "TRACK"])
    expect((await admin.send("/api/v1/tenant/nothing", { method })).status).toBe(404);
});

test("each call says how many are left", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const left = async () => {
    const { headers } = await admin.get("/api/v1/tenant/auth/me");
    expect(Number(headers.get("ratelimit-limit"))).toBeGreaterThan(1_000);
    expect(Number(headers.get("ratelimit-reset"))).toBeLessThanOrEqual(60);
    return Number(headers.get("ratelimit-remaining"));
  };
  const first = await left();
  expect(await left()).toBeLessThan(first);
});

test("a row carries its version: unchanged 304, an older one 412, nonsense 400", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const made = await admin.send(patientsUrl, { json: sara });
  expect(made.status).toBe(201);
  const address = made.headers.get("location") ?? "";
  expect(await (await admin.get(address)).json()).toEqual(await made.json());
  const etag = (await admin.get(address)).headers.get("etag") ?? "";
  expect(etag).toBe('"1"');
  const same = await admin.get(address, { "if-none-match": `"9", ${etag}` });
  expect([same.status, await same.text()]).toEqual([304, ""]);
  const change = (version: string, city: string) =>
    admin.send(address, { method: "PATCH", json: { city }, headers: { "if-match": version } });
  const changed = await change(etag, "Lahore");
  expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
  const stale = await change(etag, "Karachi");
  expect(stale.status).toBe(412);
  expect((await change("nonsense", "Karachi")).status).toBe(400);
  expect(await (await admin.get(address)).json()).toMatchObject({ city: "Lahore", version: 2 });
});

test("ten equal requests with one key at once make one row, and all that are answered are answered alike", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const lastName = `Once ${Bun.randomUUIDv7().slice(-8)}`;
  const send = () =>
    admin.send(patientsUrl, {
      json: { ...sara, lastName },
      headers: { "idempotency-key": `once-${lastName.slice(-8)}` },
    });
  const answers = await Promise.all(Array.from({ length: 10 }, send));
  expect(await named(abdullah, lastName)).toBe(1);
  const statuses = answers.map(({ status }) => status);
  expect(statuses).toContain(201);
  for (const status of statuses) expect([201, 409]).toContain(status);
  const again = await send();
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  const first = answers.find(({ status }) => status === 201);
  expect(await again.json()).toEqual(await first?.json());
  expect(again.headers.get("location")).toBe(first?.headers.get("location") ?? "");
  expect(await named(abdullah, lastName)).toBe(1);
});

test("a key used for another request is refused, and is nobody else's", async () => {
  const { abdullah } = await testApp();
  const [admin, nurse] = [await abdullah.as("admin"), await abdullah.as("receptionist")];
  const lastName = `Key ${Bun.randomUUIDv7().slice(-8)}`;
  const headers = { "idempotency-key": lastName.replace(" ", "-") };
  const send = (client: Client, firstName: string) =>
    client.send(patientsUrl, { json: { ...sara, firstName, lastName }, headers });
  expect((await send(admin, "Sara")).status).toBe(201);
  const other = await send(admin, "Zara");
  expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([
    422,
    "idempotency.reused",
  ]);
  const others = await send(nurse, "Zara");
  expect([others.status, others.headers.get("idempotency-replayed")]).toEqual([201, null]);
  expect(await named(abdullah, lastName)).toBe(2);
});

test("cut off after the act and before its answer was kept, the key answers 409 and never acts again", async () => {
  const { abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const lastName = `Cut ${Bun.randomUUIDv7().slice(-8)}`;
  const key = lastName.replace(" ", "-");
  const send = () =>
    admin.send(patientsUrl, { json: { ...sara, lastName }, headers: { "idempotency-key": key } });
  expect((await send()).status).toBe(201);
  await abdullah
    .system()
    .db.update(idempotencyKeys)
    .set({ status: null, headers: null, body: null })
    .where(eq(idempotencyKeys.key, key));
  const again = await send();
  expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([
    409,
    "idempotency.in-progress",
  ]);
  expect(again.headers.get("retry-after")).toBe("1");
  expect(await named(abdullah, lastName)).toBe(1);
});

test("pages of a list hold every row once, though rows are added meanwhile; Link leads on", async () => {
  const { newHospital } = await testApp();
  const hospital = await newHospital();
  const admin = await hospital.as("admin");
  const add = (firstName: string) => admin.send(patientsUrl, { json: { ...sara, firstName } });
  for (let number = 0; number < 23; number += 1) expect((await add(`Row ${number}`)).status).toBe(201);
  for (const sort of ["newest", "name", "mrn", "born"]) {
    const before = new Set<string>();
    const rows = await hospital.system().db.select({ id: patients.id }).from(patients);
    for (const { id } of rows) before.add(id);
    const seen: string[] = [];
    let next: string | null = `${patientsUrl}?limit=4&sort=${sort}`;
    while (next !== null) {
      const response: Response = await admin.get(next);
      expect(response.status).toBe(200);
      const { items, nextCursor } = (await response.json()) as {
        items: { id: string }[];
        nextCursor: string | null;
      };
      seen.push(...items.map(({ id }) => id));
      const link = response.headers.get("link") ?? "";
      expect(link).toContain('rel="first"');
      next = /<([^>]+)>; rel="next"/.exec(link)?.[1] ?? null;
      expect(next === null).toBe(nextCursor === null);
      await add("Meanwhile");
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (const id of before) expect(seen).toContain(id);
  }
});

test("an altered cursor is refused by name in every list", async () => {
  const { newHospital, owner } = await testApp();
  const hospital = await newHospital();
  const admin = await hospital.as("admin");
  for (const firstName of ["Ali", "Bina", "Cyra"])
    await admin.send(patientsUrl, { json: { ...sara, firstName } });
  const lists: [Client, string][] = [
    ...["newest", "name", "mrn", "born"].map((sort): [Client, string] => [
      admin,
      `${patientsUrl}?sort=${sort}`,
    ]),
    [admin, "/api/v1/tenant/users?"],
    ...["name", "created", "patients", "users"].map((sort): [Client, string] => [
      admin,
      `/api/v1/owner/tenants?sort=${sort}`,
    ]),
  ];
  const olga = await owner();
  let refused = 0;
  for (const [who, path] of lists) {
    const client = path.includes("/owner/") ? olga : who;
    const page = await client.get(`${path}&limit=1`);
    expect({ path, status: page.status }).toEqual({ path, status: 200 });
    const { nextCursor } = (await page.json()) as { nextCursor: string };
    const key = JSON.parse(Buffer.from(nextCursor, "base64url").toString()) as unknown[];
    const altered: unknown[] = [[], ["x"], {}, null, 7, [...key, 1]];
    for (const at of key.keys())
      for (const value of [
        "x",
        "'; drop table patients; --",
        "9999-99-99",
        1e308,
        -1,
        "\u0000",
        {},
        true,
        [1],
      ])
        altered.push(key.with(at, value));
    const texts = altered.map((one) => Buffer.from(JSON.stringify(one)).toString("base64url"));
    for (const cursor of [...texts, nextCursor.slice(0, -3), "%00", "!!", "a".repeat(600)]) {
      const response = await client.get(`${path}&limit=1&cursor=${cursor}`);
      const text = await response.text();
      // An altered key that still is one of this list's only begins elsewhere.
      if (response.status === 200) continue;
      expect({ path, cursor, status: response.status, text }).toMatchObject({ status: 422 });
      expect(text).toContain('"field":"cursor"');
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test("what a proxy would say counts only from a proxy that is trusted", async () => {
  const { app, services, abdullah, ramzan } = await testApp();
  const forwarded = {
    "x-forwarded-host": ramzan.host,
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.9, 198.51.100.7",
  };
  const direct = await new Client(app, abdullah.host).get("/sign-in", forwarded);
  expect(await direct.text()).toContain("Abdullah Hospital");
  expect(direct.headers.get("strict-transport-security")).toBeNull();
  const behind = createApp({ ...services, env: { ...services.env, trustedProxies: ["10.0.0.5"] } });
  const passed = await new Client(behind, abdullah.host, "10.0.0.5").get("/sign-in", forwarded);
  expect(await passed.text()).toContain("Ramzan Hospital");
  expect(passed.headers.get("strict-transport-security")).toContain("max-age=31536000");
  const beside = await new Client(behind, abdullah.host, "10.0.0.6").get("/sign-in", forwarded);
  expect(await beside.text()).toContain("Abdullah Hospital");
});

test("nobody is led to another site after signing in or choosing a language", async () => {
  const { abdullah } = await testApp();
  const elsewhere = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\\\\evil.example",
    "/%0d%0aset-cookie:x=1\r\nx: y",
    " //evil.example",
    "///evil.example",
    "/.//evil.example",
    "evil.example",
  ];
  const signIn = (returnTo: string) =>
    abdullah
      .stranger()
      .send("/sign-in", { form: { email: emailOf("doctor", "abdullah"), password, returnTo } });
  for (const [at, returnTo] of elsewhere.entries()) {
    const chosen = await abdullah.stranger().send("/preferences", { form: { language: "ur", returnTo } });
    for (const { status, headers } of [chosen, ...(at < 2 ? [await signIn(returnTo)] : [])]) {
      expect(status).toBe(303);
      const to = new URL(headers.get("location") ?? "", "http://abdullah.localhost");
      expect({ returnTo, host: to.host }).toEqual({ returnTo, host: "abdullah.localhost" });
      expect(headers.get("location")).not.toStartWith("//");
    }
  }
  expect(safeReturn("/patients?search=a")).toBe("/patients?search=a");
});

test("the session's cookie is for this host, for http and not for scripts; over https it is bound to the host", async () => {
  const { app, services, abdullah } = await testApp();
  const form = { email: emailOf("doctor", "abdullah"), password };
  const plain = await new Client(app, abdullah.host).send("/sign-in", { form });
  const [cookie = ""] = plain.headers.getSetCookie();
  expect(cookie).toMatch(/^wardline=[^;]{20,}; Path=\/; SameSite=Lax; HttpOnly/);
  expect(cookie).not.toContain("Domain");
  const behind = createApp({ ...services, env: { ...services.env, trustedProxies: ["10.0.0.5"] } });
  const secure = await new Client(behind, abdullah.host, "10.0.0.5").send("/sign-in", {
    form,
    headers: { "x-forwarded-proto": "https" },
  });
  const [bound = ""] = secure.headers.getSetCookie();
  expect(bound).toMatch(/^__Host-wardline=[^;]{20,}; Path=\/; SameSite=Lax; HttpOnly; Secure/);
});

test("alive and ready; without the control database alive, and not ready for a reason that is named", async () => {
  const { services, client } = await testApp();
  expect((await client("localhost").get("/livez")).status).toBe(200);
  const ready = await client("localhost").get("/readyz");
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ready", missing: [] }]);
  const { env, log, keyring, queue } = services;
  const dead = createServices({
    ...{ env, log, keyring, queue },
    controlPlace: { ...services.connections.control.place, port: 1 },
  });
  const app = createApp(dead);
  expect((await new Client(app, "localhost").get("/livez")).status).toBe(200);
  const away = await new Client(app, "localhost").get("/readyz");
  expect([away.status, await away.json()]).toEqual([
    503,
    { status: "not-ready", missing: ["control-database"] },
  ]);
  const page = await new Client(app, "abdullah.localhost").get("/");
  expect([page.status, page.headers.get("retry-after")]).toEqual([503, "5"]);
  await dead.connections.close();
});

test("figures name routes and never an id or what was searched for, and are for this machine alone", async () => {
  const { app, abdullah } = await testApp();
  const admin = await abdullah.as("admin");
  const id = "01980000-0000-7000-8000-0000000000aa";
  await admin.get(`${patientsUrl}/${id}`);
  await admin.get(`${patientsUrl}?search=Zubaida`);
  const figures = await new Client(app, "localhost").page("/metrics");
  expect(figures).toContain('route="/api/v1/tenant/patients/:id"');
  expect(figures).not.toContain(id);
  expect(figures).not.toContain("Zubaida");
  expect((await new Client(app, "localhost", "203.0.113.9").get("/metrics")).status).toBe(404);
});
