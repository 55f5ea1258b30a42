import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { buildFilter } from "../../../bin/build-common-passwords.ts";
import { commonPasswords } from "../../../bin/common-passwords.ts";
import { operators } from "../../../db/schema/control/operators.ts";
import { idempotencyKeys } from "../../../db/schema/hospital/idempotency.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { isCommon } from "../../../server/auth/common-passwords.ts";
import { problemOf } from "../../../server/auth/password-judgement.ts";
import { standardPolicy } from "../../../server/auth/password-policy.ts";
import { hashPassword, isOldHash } from "../../../server/auth/passwords.ts";
import type { TestHospital } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { anotherCopy, type Copy, goodPassword, ownHospital } from "./support.ts";

let copy: Copy;
let hospital: TestHospital;

beforeAll(async () => {
  hospital = (await ownHospital()).hospital;
  copy = await anotherCopy();
}, 60_000);

afterAll(async () => {
  await copy.close();
});

const api = "/api/v1/tenant/auth";
const db = () => copy.services.connections.hospital(hospital.facts.place).db;
const as = (role: "admin" | "doctor" | "nurse" | "receptionist", secret = password) =>
  copy.client(hospital.host).signIn(emailOf(role, hospital.subdomain), secret);
const codeOf = async (response: Response) =>
  ((await response.json()) as { errors?: { code: string }[] }).errors?.[0]?.code;

describe("common passwords", () => {
  test("are those of the list, and the file is what the list makes", async () => {
    const words = commonPasswords();
    expect(words.size).toBeGreaterThan(100_000);
    const kept = new Uint8Array(
      await Bun.file(
        new URL("../../../server/auth/common-passwords.bloom", import.meta.url).pathname,
      ).arrayBuffer(),
    );
    expect(Buffer.compare(buildFilter(words), kept)).toBe(0);
  });

  test("are known without capitals and disguise", () => {
    for (const word of [
      "P@ssw0rd123",
      "Welcome2024",
      "Karachi#786",
      "QWERTYUIOP",
      "1qaz2wsx3edc",
      "14081987",
      "Hospital2026!",
    ])
      expect({ word, common: isCommon(word) }).toEqual({ word, common: true });
  });

  test("are hardly ever another: fewer than one in two hundred", () => {
    let taken = 0;
    for (let turn = 0; turn < 5_000; turn += 1) if (isCommon(`${turn}-lamp-${turn * 7919}-quilt`)) taken += 1;
    expect(taken).toBeLessThan(25);
  });
});

describe("a password is refused", () => {
  const owner = {
    name: "Amina Qureshi",
    email: "a.qureshi@abdullah.example",
    places: ["Abdullah Hospital", "abdullah"],
  };
  const codeFor = (word: string) => problemOf("newPassword", word, standardPolicy, owner)?.code ?? null;

  test.each([
    ["short-one", "too-short"],
    ["x".repeat(201), "too-long"],
    ["hidden\u0007character", "control-characters"],
    ["password12345", "too-common"],
    ["Qureshi-on-the-hill", "holds-name"],
    ["4m1na-on-the-hill", "holds-name"],
    ["abdullah-2026", "too-common"],
    ["Wardline#99", "too-common"],
    ["violet-kettle-under-stairs", null],
    ["long walks by Abdullah canal", null],
    ["نیلا پیالہ کھڑکی میں", null],
  ])("%s: %p", (word, code) => {
    expect(codeFor(word)).toBe(code);
  });
});

describe("the policy of a hospital", () => {
  test("is the standard until an admin changes it, by page or JSON; others may not", async () => {
    const admin = await as("admin");
    const read = await admin.get("/api/v1/tenant/settings/passwords");
    expect(await read.json()).toEqual({ ...standardPolicy });
    const change = { minimumLength: 14, remembered: 2, maximumAgeDays: null, refuseCommon: true };
    const put = await admin.send("/api/v1/tenant/settings/passwords", { method: "PUT", json: change });
    expect({ status: put.status, row: await put.json() }).toEqual({
      status: 200,
      row: { ...change, version: 1 },
    });
    const stale = await admin.send("/api/v1/tenant/settings/passwords", {
      method: "PUT",
      json: change,
      headers: { "if-match": '"0"' },
    });
    expect(stale.status).toBe(412);
    const nurse = await as("nurse");
    expect(
      (await nurse.send("/api/v1/tenant/settings/passwords", { method: "PUT", json: change })).status,
    ).toBe(403);
    const wrong = await admin.submit("/settings/passwords", "/settings/passwords", {
      minimumLength: "3",
      remembered: "2",
    });
    expect(wrong.status).toBe(422);
    const saved = await admin.submit("/settings/passwords", "/settings/passwords", {
      minimumLength: "12",
      remembered: "2",
      maximumAgeDays: "",
      refuseCommon: "true",
    });
    expect(saved.status).toBe(303);
    expect(await (await admin.get("/api/v1/tenant/settings/passwords")).json()).toMatchObject({
      minimumLength: 12,
    });
  });

  test("counts in a change: too short, common, had before", async () => {
    let current = password;
    const change = async (newPassword: string) => {
      const person = await as("doctor", current);
      const response = await person.send(`${api}/password`, {
        json: { currentPassword: current, newPassword },
      });
      if (response.status !== 204) return codeOf(response);
      current = newPassword;
      return "changed";
    };
    expect(await change("eleven-char")).toBe("too-short");
    expect(await change("sunshine1234567")).toBe("too-common");
    expect(await change(password)).toBe("used-before");
    expect(await change(goodPassword)).toBe("changed");
    expect(await change(password)).toBe("used-before");
    expect(await change("quiet-harbour-at-noon")).toBe("changed");
    expect(await change("seven-lamps-in-rain")).toBe("changed");
    // Two are remembered beside the current one: the first is free again.
    expect(await change(password)).toBe("changed");
  });

  test("an age counts at once, for browsers and tokens, and a change of the password ends it", async () => {
    const admin = await as("admin");
    const receptionist = await as("receptionist");
    const policy = { minimumLength: 12, remembered: 2, maximumAgeDays: 30, refuseCommon: true };
    await admin.send("/api/v1/tenant/settings/passwords", { method: "PUT", json: policy });
    copy.clock.advance(31 * 24 * 3_600_000);
    const again = await as("receptionist");
    const refused = await again.get("/api/v1/tenant/patients");
    expect({ status: refused.status, body: await refused.json() }).toMatchObject({
      status: 403,
      body: { code: "auth.must-change-password" },
    });
    expect((await again.get("/patients")).headers.get("location")).toBe("/profile/password");
    expect(receptionist.token).not.toBeNull();
    const changed = await again.send(`${api}/password`, {
      json: { currentPassword: password, newPassword: goodPassword },
    });
    expect(changed.status).toBe(204);
    expect((await again.get("/api/v1/tenant/patients")).status).toBe(200);
    const operator = await as("admin");
    await operator.send(`${api}/password`, {
      json: { currentPassword: password, newPassword: goodPassword },
    });
    await operator.send("/api/v1/tenant/settings/passwords", {
      method: "PUT",
      json: { ...policy, maximumAgeDays: null },
    });
  });
});

describe("somebody who has to choose a password first", () => {
  test("reaches with a token only its change, who they are, and the way out", async () => {
    await db()
      .update(users)
      .set({ mustChangePassword: true })
      .where(eq(users.email, emailOf("nurse", hospital.subdomain)));
    const nurse = await as("nurse");
    for (const path of ["/api/v1/tenant/patients", "/api/v1/tenant/roles", `${api}/sessions`]) {
      const response = await nurse.get(path);
      expect({ path, status: response.status }).toEqual({ path, status: 403 });
      expect(await response.json()).toMatchObject({ code: "auth.must-change-password" });
    }
    expect((await nurse.get(`${api}/me`)).status).toBe(200);
    expect((await nurse.get("/profile")).headers.get("location")).toBe("/profile/password");
    const wrong = await nurse.send(`${api}/password`, {
      json: { currentPassword: "not-it", newPassword: goodPassword },
    });
    expect(await codeOf(wrong)).toBe("invalid");
    const done = await nurse.submit("/profile/password", "/profile/password", {
      currentPassword: password,
      newPassword: goodPassword,
      repeatPassword: goodPassword,
    });
    expect({ status: done.status, to: done.headers.get("location") }).toEqual({ status: 303, to: "/" });
    // The change in the browser ended the token's session.
    expect((await nurse.get(`${api}/me`)).status).toBe(401);
    expect((await (await as("nurse", goodPassword)).get(`${api}/sessions`)).status).toBe(200);
  });

  test("is held to it on the owner portal too", async () => {
    const email = `new-${Bun.randomUUIDv7().slice(-8)}@wardline.example`;
    const secret = "seven-lamps-in-rain";
    await copy.services.connections.control.db.insert(operators).values({
      ...{ email, name: "Omar Operator", role: "admin", mustChangePassword: true },
      passwordHash: await hashPassword(secret),
    });
    const operator = await copy.client("owner.localhost").signIn(email, secret);
    expect((await operator.get("/api/v1/owner/tenants")).status).toBe(403);
    expect((await operator.get("/hospitals")).headers.get("location")).toBe("/profile/password");
    const json = { currentPassword: secret, newPassword: goodPassword };
    expect((await operator.send("/api/v1/owner/auth/password", { json })).status).toBe(204);
    expect((await operator.get("/api/v1/owner/tenants")).status).toBe(200);
  });
});

test("a hash of another cost is made anew at the next sign-in, and only by the right password", async () => {
  const email = emailOf("doctor", hospital.subdomain);
  const secret = "a-lamp-for-the-doctor";
  const old = await Bun.password.hash(secret, { algorithm: "argon2id", memoryCost: 8_192, timeCost: 3 });
  expect(isOldHash(old)).toBe(true);
  const hashNow = async () =>
    (await db().select({ hash: users.passwordHash }).from(users).where(eq(users.email, email)))[0]?.hash ??
    "";
  await db().update(users).set({ passwordHash: old }).where(eq(users.email, email));
  await copy.client(hospital.host).send(`${api}/login`, { json: { email, password: "wrong-one" } });
  expect(await hashNow()).toBe(old);
  await as("doctor", secret);
  const renewed = await hashNow();
  expect(isOldHash(renewed)).toBe(false);
  await as("doctor", secret);
  expect(await hashNow()).toBe(renewed);
});

test("the password told once lies sealed among the kept answers, and is told again to the same request", async () => {
  const admin = await as("admin", goodPassword);
  const roles = (await (await admin.get("/api/v1/tenant/roles")).json()) as {
    items: { id: string; key: string }[];
  };
  const roleId = roles.items.find((role) => role.key === "nurse")?.id;
  const json = { name: "Sana Iqbal", email: "sana@elsewhere.example", roleId };
  const create = () =>
    admin.send("/api/v1/tenant/users", { json, headers: { "idempotency-key": "one-and-the-same" } });
  const first = await (await create()).text();
  const secret = /"temporaryPassword":"([^"]+)"/.exec(first)?.[1] ?? "";
  expect(secret.length).toBeGreaterThan(10);
  const [row] = await db().select().from(idempotencyKeys).where(eq(idempotencyKeys.key, "one-and-the-same"));
  expect(row?.sealed).toBe(true);
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(await (await create()).text()).toBe(first);
});
