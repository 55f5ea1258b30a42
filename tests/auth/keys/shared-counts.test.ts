import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Redis } from "ioredis";
import { freePort } from "../../../db/embedded-settings.ts";
import { postgresCounts, redisCounts, type SharedCounts } from "../../../server/auth/rates/counts.ts";
import { CallWindows } from "../../../server/auth/rates/windows.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";

setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
});

const limit = 100;
const day = 86_400_000;

/** Two copies of the app on one store; each tells the other only when it settles. */
async function twoCopies(store: () => SharedCounts): Promise<void> {
  const key = `test ${Bun.randomUUIDv7()}`;
  const [one, two] = [new CallWindows(), new CallWindows()];
  one.share(store(), day);
  two.share(store(), day);
  const take = (copy: CallWindows, times: number) =>
    Array.from({ length: times }, () => copy.take(key, limit, day).refused).filter((refused) => !refused)
      .length;
  expect(take(one, 60)).toBe(60);
  expect(take(two, 30)).toBe(30);
  await one.settle();
  await two.settle();
  // The second now knows of ninety; ten are left, whoever asks for them.
  expect(take(two, 20)).toBe(10);
  await two.settle();
  expect(take(one, 1)).toBe(1);
  await one.settle();
  expect(take(one, 20)).toBe(0);
  one.share(null);
  two.share(null);
}

test("two copies of the app count a caller together through the control database", async () => {
  await twoCopies(() => postgresCounts(app.services.connections.control.db));
});

const redisServer = Bun.which("redis-server") ?? Bun.which("valkey-server");

test.skipIf(redisServer === null)("and through Redis", async () => {
  const port = await freePort([]);
  const server = Bun.spawn(
    [redisServer ?? "", "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdout: "ignore", stderr: "ignore" },
  );
  const url = `redis://127.0.0.1:${port}`;
  const waiting = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  waiting.on("error", () => {});
  try {
    await waiting.ping();
    await twoCopies(() => redisCounts(url));
  } finally {
    waiting.disconnect();
    server.kill();
    await server.exited;
  }
});

test("wrong current passwords at one's own account count as failed sign-ins, for the sign-in too", async () => {
  const email = emailOf("doctor", hospital.subdomain);
  const client = await new Client(app.app, hospital.host, "198.51.100.77").signIn(email, password);
  const change = (currentPassword: string) =>
    client.send("/api/v1/tenant/auth/password", {
      json: { currentPassword, newPassword: "violet-kettle-under-stairs" },
    });
  for (let n = 0; n < 10; n += 1) expect((await change(`guess-${n}`)).status).toBe(422);
  expect((await change(password)).status).toBe(429);
  const login = await new Client(app.app, hospital.host, "198.51.100.77").send("/api/v1/tenant/auth/login", {
    json: { email, password },
  });
  expect(login.status).toBe(429);
});
