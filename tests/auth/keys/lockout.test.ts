import { beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../server/app.ts";
import { refusedSeconds } from "../../../server/auth/locks/refusals.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";

// Each try is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;

beforeEach(async () => {
  app = await testApp();
  hospital = await app.newHospital();
});

const doctor = () => emailOf("doctor", hospital.subdomain);

function tries(from: string, secret: string, email = doctor(), by = app.app): Promise<Response> {
  const client = new Client(by, hospital.host, from);
  return client.send("/api/v1/tenant/auth/login", { json: { email, password: secret } });
}

async function guess(times: number, from: (n: number) => string, email = doctor()): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await tries(from(n), `guess-${n}`, email)).status);
  return statuses;
}

test("the refusals double, from half a minute to a quarter of an hour", () => {
  expect([9, 10, 11, 12, 30].map((failures) => refusedSeconds("pair", failures))).toEqual([
    0, 30, 60, 120, 900,
  ]);
});

test("after ten wrong passwords from one address even the right one waits, on another copy of the app too", async () => {
  const statuses = await guess(11, () => "203.0.113.5");
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  const refused = await tries("203.0.113.5", password);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(20);
  expect((await tries("203.0.113.5", password, doctor(), createApp(app.services))).status).toBe(429);
  // Another account and another address are not held to it.
  expect((await tries("203.0.113.5", password, emailOf("nurse", hospital.subdomain))).status).toBe(200);
  expect((await tries("203.0.113.6", password)).status).toBe(200);
  app.clock.advance(31_000);
  expect((await tries("203.0.113.5", password)).status).toBe(200);
});

test("guesses from many addresses slow down, and the victim is still let in where they were before", async () => {
  const browser = new Client(app.app, hospital.host, "198.51.100.1");
  await browser.signIn(doctor(), password);
  const many = await guess(22, (n) => `192.0.2.${n + 1}`);
  expect(many.filter((status) => status === 401).length).toBe(20);
  expect(many.slice(20)).toEqual([429, 429]);
  // From elsewhere even the right password waits.
  expect((await tries("192.0.2.200", password)).status).toBe(429);
  // From the address they have signed in from, and with their browser from anywhere, it does not.
  expect((await tries("198.51.100.1", password)).status).toBe(200);
  const elsewhere = new Client(app.app, hospital.host, "192.0.2.201");
  for (const [name, value] of browser.cookies)
    if (name.includes("device")) elsewhere.cookies.set(name, value);
  const entered = await elsewhere.send("/sign-in", { form: { email: doctor(), password } });
  expect(entered.status).toBe(303);
});

test("a browser that is known is held to its own tries", async () => {
  const browser = new Client(app.app, hospital.host, "198.51.100.7");
  await browser.signIn(doctor(), password);
  const wrong = () => browser.send("/sign-in", { form: { email: doctor(), password: "not-this" } });
  browser.cookies.delete("wardline");
  for (let n = 0; n < 10; n += 1) expect((await wrong()).status).toBe(401);
  expect((await wrong()).status).toBe(429);
});

test("of a burst of guesses sent at once hardly more are looked at than are free, and the right one waits", async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => tries("203.0.113.9", `guess-${n}`)));
  const lookedAt = answers.filter(({ status }) => status !== 429);
  expect(lookedAt.every(({ status }) => status === 401)).toBe(true);
  // Ten are free; three more may be under way when the tenth has failed.
  expect(lookedAt.length).toBeWithin(10, 14);
  expect((await tries("203.0.113.9", password)).status).toBe(429);
});

test("an administrator sees the locks and opens them; both are audited", async () => {
  await guess(10, () => "203.0.113.20");
  const admin = await hospital.as("admin");
  const { items } = (await (await admin.get("/api/v1/tenant/locks")).json()) as { items: object[] };
  expect(items).toEqual([expect.objectContaining({ kind: "pair", email: doctor(), failures: 10 })]);
  expect(await admin.page("/locks")).toContain(doctor());
  const opened = await admin.send("/api/v1/tenant/locks/open", { json: { email: doctor() } });
  expect(opened.status).toBe(200);
  expect((await tries("203.0.113.20", password)).status).toBe(200);
  const { sql } = await import("drizzle-orm");
  const rows = await hospital
    .system()
    .db.execute(sql`select event, entity_id from audit_log where event like 'sign-in.%' order by event`);
  expect([...(rows as unknown as Iterable<unknown>)]).toEqual([
    { event: "sign-in.locked", entity_id: doctor() },
    { event: "sign-in.opened", entity_id: doctor() },
  ]);
  expect((await (await hospital.as("nurse")).get("/api/v1/tenant/locks")).status).toBe(403);
});
