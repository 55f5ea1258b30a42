import { expect, test } from "bun:test";
import { testApp } from "../support/app.ts";

const someId = "01980000-0000-7000-8000-000000000000";

/** What one hospital's people get at another's door, route by route. Public routes open to anybody are left out. */
const open =
  /^\/(sign-in|preferences|docs|api\/docs)(\/|$)|^\/api\/v1\/(tenant|owner)\/auth\/(login|refresh)$/;

test("another hospital's cookie or token opens no route: 401 or 404", async () => {
  const { app, abdullah, ramzan, owner, client } = await testApp();
  const admin = await ramzan.as("admin");
  const olga = await owner();
  const cookieOf = (one: typeof admin) =>
    [...one.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const bearer = (token: string | null) => ({ authorization: `Bearer ${token}` });
  const tampered = `${admin.token?.slice(0, -6)}AAAAAA`;
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  const claims = admin.token?.split(".")[1] ?? "";
  const strangers: Record<string, Record<string, string>> = {
    "other hospital's cookie": { cookie: cookieOf(admin) },
    "other hospital's token": bearer(admin.token),
    "other hospital's token and X-Tenant-ID": { ...bearer(admin.token), "x-tenant-id": abdullah.id },
    "other hospital's token and X-Forwarded-Host": {
      ...bearer(admin.token),
      "x-forwarded-host": ramzan.host,
    },
    "owner's cookie": { cookie: cookieOf(olga) },
    "owner's token": bearer(olga.token),
    "altered token": bearer(tampered),
    "token without signature": bearer(`${none}.${claims}.`),
  };
  const leaks: string[] = [];
  let combinations = 0;
  for (const { portal, method, path } of app.routes) {
    if (portal === "apex" || open.test(path)) continue;
    const host = portal === "owner" ? "owner.localhost" : abdullah.host;
    const address = path.replaceAll(/:[A-Za-z]+\??/g, someId).replaceAll("*", "x");
    for (const [who, headers] of Object.entries(strangers)) {
      if (portal === "owner" && who.startsWith("owner's")) continue;
      const verb = method === "ALL" ? "GET" : method;
      const body = verb === "GET" || verb === "HEAD" ? {} : { json: {} };
      const response = await client(host).send(address, { method: verb, headers, ...body });
      combinations += 1;
      if (response.status !== 401 && response.status !== 404)
        leaks.push(`${who}: ${verb} ${host}${path} answered ${response.status}`);
    }
  }
  expect(leaks).toEqual([]);
  expect(combinations).toBeGreaterThan(50);
});

test("a token with another hospital's X-Tenant-ID is refused at its own door", async () => {
  const { abdullah, ramzan } = await testApp();
  const doctor = await abdullah.as("doctor");
  const ask = (tenant: string) => doctor.get("/api/v1/tenant/auth/me", { "x-tenant-id": tenant });
  expect((await ask(ramzan.id)).status).toBe(404);
  expect((await ask("x'; set search_path to public; --")).status).toBe(404);
  expect((await ask(abdullah.id)).status).toBe(200);
});
