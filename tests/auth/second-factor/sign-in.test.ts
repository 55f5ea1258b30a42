import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";
import { challengeFor, codeAt, type Enrolled, enrol, problemOf } from "./phone.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
let nurse: Enrolled;
const auth = "/api/v1/tenant/auth";

const emailHere = (role: Parameters<typeof emailOf>[0]) => emailOf(role, hospital.subdomain);
const next = () => app.clock.advance(31_000);
const answer = (json: Record<string, string>, client = hospital.stranger()) =>
  client.send(`${auth}/second-factor`, { json });

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  nurse = await enrol(await hospital.as("nurse"), app.clock.now());
}, 60_000);

describe("signing in by tokens with a second factor", () => {
  test("a right password is answered with a challenge and no token, a wrong one as if there were no factor", async () => {
    const login = (email: string, word: string) =>
      hospital.stranger().send(`${auth}/login`, { json: { email, password: word } });
    const right = await login(emailHere("nurse"), password);
    expect(right.status).toBe(401);
    const told = await problemOf(right);
    expect(told.code).toBe("auth.second-factor-required");
    expect(Object.keys(told.details ?? {}).sort()).toEqual(["challenge", "expiresInSeconds"]);
    const wrong = await problemOf(await login(emailHere("nurse"), "not-this-one"));
    const unknown = await problemOf(await login("nobody@nowhere.example", "not-this-one"));
    expect(wrong.code).toBe("auth.bad-credentials");
    expect({ ...wrong, requestId: "" }).toEqual({ ...unknown, requestId: "" });
  });

  test("the code opens the door once: neither the challenge nor the code is good again", async () => {
    next();
    const challenge = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    const code = codeAt(nurse.secret, app.clock.now());
    const first = await answer({ challenge, code });
    expect(first.status).toBe(200);
    const { accessToken } = (await first.json()) as { accessToken: string };
    const me = await hospital.stranger().get(`${auth}/me`, { authorization: `Bearer ${accessToken}` });
    expect(me.status).toBe(200);
    expect((await problemOf(await answer({ challenge, code }))).code).toBe("auth.challenge-over");
    const again = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    expect((await problemOf(await answer({ challenge: again, code }))).code).toBe("auth.code-wrong");
  });

  test("of two answers with one code at the same moment, one gets in", async () => {
    next();
    const challenges = await Promise.all([
      challengeFor(hospital.stranger(), emailHere("nurse"), password),
      challengeFor(hospital.stranger(), emailHere("nurse"), password),
    ]);
    const code = codeAt(nurse.secret, app.clock.now());
    const answers = await Promise.all(challenges.map((challenge) => answer({ challenge, code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test("a code of the step before is taken, one of two steps before is not", async () => {
    next();
    next();
    next();
    const at = (steps: number) => codeAt(nurse.secret, new Date(app.clock.now().getTime() + steps * 30_000));
    const old = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    expect((await answer({ challenge: old, code: at(-2) })).status).toBe(401);
    expect((await answer({ challenge: old, code: at(-1) })).status).toBe(200);
  });

  test("a recovery code stands in for the phone, once", async () => {
    const recoveryCode = nurse.recoveryCodes[0] ?? "";
    expect(nurse.recoveryCodes).toHaveLength(10);
    const once = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    expect((await answer({ challenge: once, recoveryCode })).status).toBe(200);
    const twice = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    expect((await answer({ challenge: twice, recoveryCode })).status).toBe(401);
  });

  test("a challenge is over after five minutes, elsewhere, and as a browser's", async () => {
    const late = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    // The clock is shared with other tests and is moved no further than needed.
    await hospital
      .system()
      .db.execute("update sign_in_challenges set expires_at = expires_at - interval '301 seconds'");
    next();
    const code = codeAt(nurse.secret, app.clock.now());
    expect((await problemOf(await answer({ challenge: late, code }))).code).toBe("auth.challenge-over");
    const here = await challengeFor(hospital.stranger(), emailHere("nurse"), password);
    const elsewhere = await answer({ challenge: here, code }, app.abdullah.stranger());
    expect((await problemOf(elsewhere)).code).toBe("auth.challenge-over");
    const browser = hospital.stranger();
    browser.cookies.set("wardline-step", here);
    expect((await browser.send("/sign-in/code", { form: { code } })).status).toBe(401);
    expect((await answer({ challenge: here, code })).status).toBe(200);
  });

  test("five wrong codes make the account wait, longer each time; a recovery code still opens it", async () => {
    const who = await hospital.as("pharmacist");
    const enrolled = await enrol(who, app.clock.now());
    next();
    const wrong = async (challenge: string) => problemOf(await answer({ challenge, code: "000000" }));
    const challenge = await challengeFor(hospital.stranger(), emailHere("pharmacist"), password);
    const codes: string[] = [];
    for (let tries = 0; tries < 6; tries += 1) codes.push((await wrong(challenge)).code);
    expect(codes).toEqual([...Array.from({ length: 5 }, () => "auth.code-wrong"), "auth.challenge-over"]);
    const other = await challengeFor(
      new Client(app.app, hospital.host, "10.9.8.7"),
      emailHere("pharmacist"),
      password,
    );
    const right = { challenge: other, code: codeAt(enrolled.secret, app.clock.now()) };
    const locked = await answer(right);
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
    const recoveryCode = enrolled.recoveryCodes[3] ?? "";
    expect((await answer({ challenge: other, recoveryCode })).status).toBe(200);
    next();
    const after = await challengeFor(hospital.stranger(), emailHere("pharmacist"), password);
    const fresh = codeAt(enrolled.secret, app.clock.now());
    expect((await answer({ challenge: after, code: fresh })).status).toBe(200);
  });
});

describe("signing in with a browser and a second factor", () => {
  test("the password leads to the page of the code, and that one in", async () => {
    next();
    const browser = hospital.stranger();
    const entered = await browser.send("/sign-in", {
      form: { email: emailHere("nurse"), password, returnTo: "/patients" },
    });
    expect(entered.status).toBe(303);
    expect(entered.headers.get("location")).toBe("/sign-in/code?returnTo=%2Fpatients");
    expect(browser.cookies.has("wardline")).toBe(false);
    expect((await browser.get("/patients")).status).toBe(401);
    const page = await browser.page("/sign-in/code?returnTo=%2Fpatients");
    expect(page).toContain('autocomplete="one-time-code"');
    const wrong = await browser.send("/sign-in/code", { form: { code: "000000", returnTo: "/patients" } });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain('value="/patients"');
    const right = await browser.send("/sign-in/code", {
      form: { code: codeAt(nurse.secret, app.clock.now()), returnTo: "/patients" },
    });
    expect(right.status).toBe(303);
    expect(right.headers.get("location")).toBe("/patients");
    expect(browser.cookies.has("wardline-step")).toBe(false);
    expect((await browser.get("/patients")).status).toBe(200);
  });

  test("a recovery code fits the same field", async () => {
    const browser = hospital.stranger();
    await browser.send("/sign-in", { form: { email: emailHere("nurse"), password } });
    const code = (nurse.recoveryCodes[1] ?? "").toUpperCase();
    expect((await browser.send("/sign-in/code", { form: { code } })).status).toBe(303);
    expect((await browser.get("/")).status).toBe(200);
  });
});

test("an operator's second factor works the same", async () => {
  const olga = await app.client("owner.localhost").signIn(ownerEmail, password);
  const { secret } = await enrol(olga, app.clock.now());
  next();
  const stranger = app.client("owner.localhost");
  const challenge = await challengeFor(stranger, ownerEmail, password);
  const path = "/api/v1/owner/auth/second-factor";
  expect((await stranger.send(path, { json: { challenge, code: "123123" } })).status).toBe(401);
  const code = codeAt(secret, app.clock.now());
  expect((await stranger.send(path, { json: { challenge, code } })).status).toBe(200);
  expect((await olga.send(path, { method: "DELETE" })).status).toBe(204);
  await app.client("owner.localhost").signIn(ownerEmail, password);
});

test("what lies in the database is neither the secret nor a code", async () => {
  const rows = await hospital
    .system()
    .db.execute(
      `select row_to_json(f)::text as said from second_factors f union all select row_to_json(c)::text from recovery_codes c`,
    );
  const said = JSON.stringify(rows);
  expect(said).toContain("v1.");
  expect(said).not.toContain(nurse.secret);
  for (const code of nurse.recoveryCodes) expect(said).not.toContain(code);
});
