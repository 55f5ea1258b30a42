import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Elysia } from "elysia";
import { eventStream } from "../../../server/http/event-stream.ts";
import { setFacts } from "../../../server/http/facts.ts";
import { hospitalPages } from "../../../server/http/hospital.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import type { Client } from "../../support/client.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
const auth = "/api/v1/tenant/auth";

const signedIn = (role: Parameters<typeof emailOf>[0]) =>
  hospital.stranger().signIn(emailOf(role, hospital.subdomain), password);

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly device: string | null;
  readonly address: string | null;
  readonly here: boolean;
}

async function sessionsAt(client: Client, path: string): Promise<Row[]> {
  const { items } = (await (await client.get(path)).json()) as { items: Row[] };
  return items;
}

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
}, 60_000);

describe("refresh tokens", () => {
  const refresh = (refreshToken: string) =>
    hospital.stranger().send(`${auth}/refresh`, { json: { refreshToken } });

  test("of ten refreshes of one token at the same moment at most one succeeds, and the family ends", async () => {
    const nurse = await signedIn("nurse");
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(nurse.refreshToken ?? "")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    const won = answers.find(({ status }) => status === 200) ?? Response.json({});
    const { accessToken, refreshToken } = (await won.json()) as Record<string, string>;
    const me = await hospital.stranger().get(`${auth}/me`, { authorization: `Bearer ${accessToken}` });
    expect(me.status).toBe(401);
    expect((await refresh(refreshToken ?? "")).status).toBe(401);
  });

  test("what is a token's opens nothing as a cookie, nor a cookie's as a token", async () => {
    const nurse = await signedIn("nurse");
    const thief = hospital.stranger();
    thief.cookies.set("wardline", nurse.refreshToken ?? "");
    expect((await thief.get("/")).status).toBe(401);
    const cookie = nurse.cookies.get("wardline") ?? "";
    expect((await refresh(cookie)).status).toBe(401);
    const bearer = await hospital.stranger().get(`${auth}/me`, { authorization: `Bearer ${cookie}` });
    expect(bearer.status).toBe(401);
    expect((await nurse.get("/")).status).toBe(200);
  });
});

describe("the cookie", () => {
  test("is made anew at each sign-in; one that was planted before is never used, and the old session ends", async () => {
    const browser = hospital.stranger();
    const planted = "planted-by-somebody-else-before-sign-in-00";
    browser.cookies.set("wardline", planted);
    await browser.signIn(emailOf("nurse", hospital.subdomain), password);
    const first = browser.cookies.get("wardline");
    expect(first).not.toBe(planted);
    await browser.signIn(emailOf("doctor", hospital.subdomain), password);
    const second = browser.cookies.get("wardline");
    expect(second).not.toBe(first);
    const old = hospital.stranger();
    old.cookies.set("wardline", first ?? "");
    expect((await old.get("/")).status).toBe(401);
  });

  test("is bound to its host and closed to scripts, and over https bears the name that says so", async () => {
    const form = new URLSearchParams({ email: emailOf("nurse", hospital.subdomain), password });
    const send = (headers: Record<string, string>, address: string) =>
      app.app.handle(
        new Request(`http://${hospital.host}/sign-in`, {
          method: "POST",
          body: form.toString(),
          headers: {
            host: hospital.host,
            "content-type": "application/x-www-form-urlencoded",
            ...headers,
          },
        }),
        address,
      );
    const [line] = (await send({}, "127.0.0.1")).headers.getSetCookie();
    expect(line).toMatch(/^wardline=[\w-]{43}; Path=\/; SameSite=Lax; HttpOnly; Max-Age=\d+$/);
    // Nobody's word counts for https but a known proxy's.
    const forged = (await send({ "x-forwarded-proto": "https" }, "203.0.113.9")).headers.getSetCookie();
    expect(forged[0]).toStartWith("wardline=");
    const { env } = app.services;
    const proxies = env.trustedProxies as string[];
    proxies.push("192.0.2.1");
    try {
      const [secure] = (await send({ "x-forwarded-proto": "https" }, "192.0.2.1")).headers.getSetCookie();
      expect(secure).toMatch(/^__Host-wardline=[\w-]{43}; Path=\/; SameSite=Lax; HttpOnly; Secure; Max-Age=/);
    } finally {
      proxies.pop();
    }
  });
});

describe("the list of sessions", () => {
  const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

  test("names device and address and marks the one that asks; ending one ends its tokens at once", async () => {
    const here = await signedIn("doctor");
    const away = hospital.stranger();
    await away.send("/sign-in", {
      form: { email: emailOf("doctor", hospital.subdomain), password },
      headers: { "user-agent": firefox },
    });
    const rows = await sessionsAt(here, `${auth}/sessions`);
    expect(rows.filter((row) => row.here)).toMatchObject([{ kind: "token", address: "127.0.0.1" }]);
    const other = rows.find(({ device }) => device === "Firefox, Windows");
    expect(other).toMatchObject({ kind: "browser", here: false });
    expect((await away.get("/")).status).toBe(200);
    const end = (id: string, by: Client) => by.send(`${auth}/sessions/${id}`, { method: "DELETE" });
    expect((await end(other?.id ?? "", await signedIn("nurse"))).status).toBe(404);
    expect((await end(other?.id ?? "", here)).status).toBe(204);
    expect((await away.get("/")).status).toBe(401);
    const third = await signedIn("doctor");
    expect((await here.send(`${auth}/sessions`, { method: "DELETE" })).status).toBe(204);
    expect((await third.get(`${auth}/me`)).status).toBe(401);
    expect((await here.get(`${auth}/me`)).status).toBe(200);
  });

  test("is on the person's own page, where each can be ended without script", async () => {
    const receptionist = await signedIn("receptionist");
    const page = await receptionist.page("/profile");
    const path = /action="(\/profile\/sessions\/[0-9a-f-]{36}\/end)"/.exec(page)?.[1] ?? "";
    expect((await receptionist.submit("/profile", path)).status).toBe(303);
    expect((await receptionist.get(`${auth}/me`)).status).toBe(401);
    expect((await receptionist.get("/profile")).status).toBe(200);
  });

  test("of somebody else is for who administers them, and signs them out", async () => {
    const admin = await signedIn("admin");
    const nurse = await signedIn("nurse");
    const me = (await (await nurse.get(`${auth}/me`)).json()) as { id: string };
    const path = `/api/v1/tenant/users/${me.id}/sessions`;
    expect((await nurse.get(path)).status).toBe(403);
    const rows = await sessionsAt(admin, path);
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.some((row) => row.here)).toBe(false);
    const page = await admin.page(`/users/${me.id}/sessions`);
    expect(page).toContain(`/users/${me.id}/second-factor-reset`);
    const ended = await admin.submit(`/users/${me.id}/sessions`, `/users/${me.id}/sessions/end`);
    expect(ended.status).toBe(303);
    expect((await nurse.get(`${auth}/me`)).status).toBe(401);
    expect((await nurse.get("/")).status).toBe(401);
    expect(await sessionsAt(admin, path)).toEqual([]);
  });

  test("is the same for operators", async () => {
    const olga = await app.client("owner.localhost").signIn(ownerEmail, password);
    const other = await app.client("owner.localhost").signIn(ownerEmail, password);
    const base = "/api/v1/owner/auth";
    const rows = await sessionsAt(olga, `${base}/sessions`);
    expect(rows.filter((row) => row.here)).toHaveLength(1);
    await olga.page("/profile");
    const { id } = (await (await other.get(`${base}/me`)).json()) as { id: string };
    expect((await sessionsAt(olga, `/api/v1/owner/operators/${id}/sessions`)).length).toBe(rows.length);
    await olga.page(`/operators/${id}/sessions`);
    const otherHere = (await sessionsAt(other, `${base}/sessions`)).find((row) => row.here);
    const ended = await olga.send(`${base}/sessions/${otherHere?.id}`, { method: "DELETE" });
    expect(ended.status).toBe(204);
    expect((await other.get(`${base}/me`)).status).toBe(401);
  });
});

test("an open stream of a session that ends is closed within about a second", async () => {
  const nurse = await signedIn("nurse");
  const live = new Elysia().use(hospitalPages(app.services)).get("/live", ({ request }) =>
    eventStream(request, async function* (signal) {
      yield { event: null, data: "here" };
      await new Promise((gone) => signal.addEventListener("abort", gone, { once: true }));
    }),
  );
  const request = new Request(`http://${hospital.host}/live`, {
    headers: { host: hospital.host, cookie: `wardline=${nurse.cookies.get("wardline")}` },
  });
  setFacts(request, {
    client: { requestId: "tests-live-stream", address: "127.0.0.1", userAgent: null },
    ...{ secure: false, url: new URL(request.url), portal: "hospital", hospital: hospital.facts },
    ...{ route: null, page: null, keepAnswer: null, form: null, stillOpen: null, visitor: null, allow: null },
  });
  const answer = await live.handle(request);
  expect(answer.status).toBe(200);
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toContain("data: here");
  const rest = reader?.read();
  expect(await Promise.race([rest, Bun.sleep(1_300).then(() => "open")])).toBe("open");
  const started = performance.now();
  await nurse.submit("/", "/sign-out");
  expect((await rest)?.done).toBe(true);
  expect(performance.now() - started).toBeLessThan(1_500);
});
