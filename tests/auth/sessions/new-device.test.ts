import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { TestHospital } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { anotherCopy, type Copy, mailsOf, ownHospital } from "../credentials/support.ts";
import { challengeFor, codeAt, enrol } from "../second-factor/phone.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let copy: Copy;
let hospital: TestHospital;

beforeAll(async () => {
  hospital = (await ownHospital()).hospital;
  // Mail rests in the outbox, where it can be read.
  copy = await anotherCopy({ demo: true });
});

afterAll(async () => {
  await copy.close();
});

const noticesTo = async (email: string) =>
  (await mailsOf(copy.services, hospital)).filter(
    (mail) => mail.template === "new-device" && mail.to === email,
  );
const browserAt = (address: string) => copy.client(hospital.host, address);

test("a sign-in from a browser that was not used before is told by mail; the first ever, and known ones, are not", async () => {
  const email = emailOf("doctor", hospital.subdomain);
  const first = browserAt("198.51.100.1");
  const headers = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  };
  const enter = (client: typeof first) => client.send("/sign-in", { form: { email, password }, headers });
  expect((await enter(first)).status).toBe(303);
  expect(await noticesTo(email)).toEqual([]);
  expect((await enter(first)).status).toBe(303);
  expect(await noticesTo(email)).toEqual([]);

  expect((await enter(browserAt("203.0.113.7"))).status).toBe(303);
  const [notice, ...others] = await noticesTo(email);
  expect(others).toEqual([]);
  expect(notice).toMatchObject({
    path: "/profile",
    data: { device: "Firefox, Windows", address: "203.0.113.7" },
  });
});

test("a program is told of by its address, and a wrong password tells nothing", async () => {
  const email = emailOf("nurse", hospital.subdomain);
  const login = (address: string, secret = password) =>
    browserAt(address).send("/api/v1/tenant/auth/login", { json: { email, password: secret } });
  expect((await login("192.0.2.1")).status).toBe(200);
  expect((await login("192.0.2.2", "not-the-password")).status).toBe(401);
  expect(await noticesTo(email)).toEqual([]);
  expect((await login("192.0.2.2")).status).toBe(200);
  expect((await login("192.0.2.2")).status).toBe(200);
  expect(await noticesTo(email)).toMatchObject([{ data: { device: null, address: "192.0.2.2" } }]);
});

test("with a second factor the notice waits for the code, and the place is known only then", async () => {
  const email = emailOf("pharmacist", hospital.subdomain);
  const { secret } = await enrol(await browserAt("198.51.100.3").signIn(email, password), copy.clock.now());
  const told = (await noticesTo(email)).length;
  copy.clock.advance(31_000);
  const challenge = await challengeFor(browserAt("203.0.113.9"), email, password);
  expect((await noticesTo(email)).length).toBe(told);
  const answer = await browserAt("203.0.113.9").send("/api/v1/tenant/auth/second-factor", {
    json: { challenge, code: codeAt(secret, copy.clock.now()) },
  });
  expect(answer.status).toBe(200);
  expect((await noticesTo(email)).length).toBe(told + 1);
});
