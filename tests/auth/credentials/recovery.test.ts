import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { eq } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { credentialLinks, mailOutbox, recoveryRequests } from "../../../db/schema/hospital/credentials.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import type { TestHospital } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import {
  anotherCopy,
  askForReset,
  type Copy,
  goodPassword,
  linkIn,
  mailsOf,
  ownersMails,
  ownHospital,
} from "./support.ts";

let copy: Copy;
let hospital: TestHospital;
let other: TestHospital;

beforeAll(async () => {
  const own = await ownHospital();
  hospital = own.hospital;
  other = own.test.ramzan;
  copy = await anotherCopy();
}, 60_000);

afterAll(async () => {
  await copy.close();
});

const api = "/api/v1/tenant/auth";
const db = () => copy.services.connections.hospital(hospital.facts.place).db;
const stranger = () => copy.client(hospital.host);
const signIn = (email: string, secret: string) =>
  stranger().send(`${api}/login`, { json: { email, password: secret } });

describe("asking for a way back in", () => {
  test("answers a known and an unknown address alike, with the same statements and no hash work", async () => {
    const hashes = spyOn(Bun.password, "hash");
    const checks = spyOn(Bun.password, "verify");
    const ask = async (email: string) => {
      copy.heard.length = 0;
      hashes.mockClear();
      checks.mockClear();
      const response = await stranger().send(`${api}/request-reset`, { json: { email } });
      return {
        status: response.status,
        body: await response.text(),
        headers: [...response.headers.keys()].sort(),
        statements: [...copy.heard],
        hashed: hashes.mock.calls.length + checks.mock.calls.length,
      };
    };
    // The first one connects, and so says more.
    await ask("warming@up.example");
    const known = await ask(emailOf("nurse", hospital.subdomain));
    const unknown = await ask("nobody@elsewhere.example");
    expect(known).toEqual(unknown);
    expect(known.status).toBe(202);
    expect(known.hashed).toBe(0);
    expect(known.statements.length).toBeGreaterThan(0);
    hashes.mockRestore();
    checks.mockRestore();
  });

  test("mails those who have an account alone, and keeps no address", async () => {
    await stranger().send(`${api}/request-reset`, { json: { email: "nobody@elsewhere.example" } });
    const link = await askForReset(copy, hospital, "doctor");
    expect(link.code).toMatch(/^\d{8}$/);
    const mails = await mailsOf(copy.services, hospital);
    expect(mails.filter((mail) => mail.to.endsWith("elsewhere.example"))).toEqual([]);
    const requests = await db().select().from(recoveryRequests);
    expect(requests.every((row) => row.handledAt !== null && row.sealedEmail === "")).toBe(true);
    const [row] = await db().select().from(mailOutbox);
    expect(JSON.stringify(row)).not.toContain(hospital.subdomain);
    const [kept] = await db().select().from(credentialLinks).where(eq(credentialLinks.purpose, "reset"));
    expect(JSON.stringify(kept)).not.toContain(link.token);
    expect(JSON.stringify(kept)).not.toContain(link.code);
  });

  test("as a page shows the same to everyone", async () => {
    const browser = stranger();
    await browser.get("/forgot-password");
    const page = async (email: string) =>
      (await (await browser.send("/forgot-password", { form: { email } })).text()).replaceAll(email, "…");
    expect(await page(emailOf("nurse", hospital.subdomain))).toBe(await page("nobody@elsewhere.example"));
  });

  test("too often for one account mails no more, and does not say so", async () => {
    const email = emailOf("pharmacist", hospital.subdomain);
    const statuses: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const asking = copy.client(hospital.host);
      statuses.push((await asking.send(`${api}/request-reset`, { json: { email } })).status);
      await mailsOf(copy.services, hospital);
    }
    expect(new Set(statuses)).toEqual(new Set([202]));
    const mails = (await mailsOf(copy.services, hospital)).filter(
      (mail) => mail.template === "password-reset" && mail.to === email,
    );
    expect(mails).toHaveLength(5);
  });
});

describe("a mailed link", () => {
  test("sets the password once, ends every session, and is refused the second time", async () => {
    const email = emailOf("nurse", hospital.subdomain);
    const nurse = await copy.client(hospital.host).signIn(email, password);
    expect((await nurse.get("/profile")).status).toBe(200);
    const { token } = await askForReset(copy, hospital, "nurse");
    const reset = () => stranger().send(`${api}/reset`, { json: { token, newPassword: goodPassword } });
    expect((await reset()).status).toBe(204);
    expect((await nurse.get("/profile")).status).toBe(401);
    expect((await nurse.get(`${api}/me`)).status).toBe(401);
    const refreshed = await stranger().send(`${api}/refresh`, { json: { refreshToken: nurse.refreshToken } });
    expect(refreshed.status).toBe(401);
    const again = await reset();
    expect(again.status).toBe(410);
    expect(await again.json()).toMatchObject({ code: "recovery.link-gone" });
    expect((await signIn(email, password)).status).toBe(401);
    expect((await signIn(email, goodPassword)).status).toBe(200);
    const told = (await mailsOf(copy.services, hospital)).find(
      (mail) => mail.template === "password-changed",
    );
    expect(told?.to).toBe(email);
    const acts = await db().select().from(auditLog).where(eq(auditLog.event, "user.password-recovered"));
    expect(acts).toHaveLength(1);
  });

  test("of thirty-one minutes ago is refused, as one that never was", async () => {
    const { token } = await askForReset(copy, hospital, "receptionist");
    copy.clock.advance(31 * 60_000);
    const bodies = [];
    for (const given of [token, "x".repeat(43)]) {
      const response = await stranger().send(`${api}/reset`, {
        json: { token: given, newPassword: goodPassword },
      });
      expect(response.status).toBe(410);
      const { requestId: _, ...body } = (await response.json()) as Record<string, unknown>;
      bodies.push(body);
    }
    expect(bodies[0]).toEqual(bodies[1]);
  });

  test("dies when the password is changed in another way, and when another link is mailed", async () => {
    const email = emailOf("hr-manager", hospital.subdomain);
    const first = await askForReset(copy, hospital, "hr-manager");
    copy.clock.advance(1_000);
    const second = await askForReset(copy, hospital, "hr-manager");
    expect(first.token).not.toBe(second.token);
    const use = async (token: string) =>
      (await stranger().send(`${api}/reset`, { json: { token, newPassword: goodPassword } })).status;
    expect(await use(first.token)).toBe(410);
    const person = await copy.client(hospital.host).signIn(email, password);
    const changed = await person.send(`${api}/password`, {
      json: { currentPassword: password, newPassword: "quiet-harbour-at-noon" },
    });
    expect(changed.status).toBe(204);
    expect(await use(second.token)).toBe(410);
  });

  test("a password that is refused leaves it good", async () => {
    const { token } = await askForReset(copy, hospital, "doctor");
    const weak = await stranger().send(`${api}/reset`, { json: { token, newPassword: "Password1234" } });
    expect(weak.status).toBe(422);
    expect(await weak.json()).toMatchObject({ errors: [{ field: "newPassword", code: "too-common" }] });
    const fine = await stranger().send(`${api}/reset`, { json: { token, newPassword: goodPassword } });
    expect(fine.status).toBe(204);
  });

  test("of one hospital opens nothing at another", async () => {
    copy.clock.advance(61 * 60_000);
    const { token } = await askForReset(copy, hospital, "doctor");
    const elsewhere = await copy
      .client(other.host)
      .send(`${api}/reset`, { json: { token, newPassword: goodPassword } });
    expect(elsewhere.status).toBe(410);
  });

  test("as a page: the form, the new password, and on to sign-in; followed again it asks for another", async () => {
    copy.clock.advance(61 * 60_000);
    const { token } = await askForReset(copy, hospital, "receptionist");
    const browser = stranger();
    const page = await browser.page(`/reset-password?token=${token}`);
    expect(page).toContain(`value="${token}"`);
    const form = { token, newPassword: goodPassword, repeatPassword: "another" };
    expect((await browser.send("/reset-password", { form })).status).toBe(422);
    const done = await browser.send("/reset-password", { form: { ...form, repeatPassword: goodPassword } });
    expect({ status: done.status, to: done.headers.get("location") }).toEqual({
      status: 303,
      to: "/sign-in",
    });
    // Who has just shown that the address is theirs need not type it.
    expect(await browser.page("/sign-in")).toMatch(/value="receptionist@[^"]+"/);
    expect((await browser.get(`/reset-password?token=${token}`)).status).toBe(410);
  });
});

describe("a mailed code", () => {
  test("does what its link does", async () => {
    copy.clock.advance(61 * 60_000);
    const { code } = await askForReset(copy, hospital, "nurse");
    const email = emailOf("nurse", hospital.subdomain);
    const json = { email, code: `${code.slice(0, 4)} ${code.slice(4)}`, newPassword: "seven-lamps-in-rain" };
    expect((await stranger().send(`${api}/reset`, { json })).status).toBe(204);
  });

  test("guessed wrong five times ends the link too", async () => {
    copy.clock.advance(61 * 60_000);
    const { token, code } = await askForReset(copy, hospital, "admin");
    const email = emailOf("admin", hospital.subdomain);
    const wrong = code === "00000000" ? "00000001" : "00000000";
    for (let turn = 0; turn < 5; turn += 1)
      expect(
        (await stranger().send(`${api}/reset`, { json: { email, code: wrong, newPassword: goodPassword } }))
          .status,
      ).toBe(410);
    expect(
      (await stranger().send(`${api}/reset`, { json: { token, newPassword: goodPassword } })).status,
    ).toBe(410);
  });
});

describe("another e-mail address", () => {
  test("counts once it is confirmed from there; the former is told", async () => {
    copy.clock.advance(61 * 60_000);
    const before = emailOf("hr-manager", hospital.subdomain);
    const after = "new.address@elsewhere.example";
    const secret = "quiet-harbour-at-noon";
    const person = await copy.client(hospital.host).signIn(before, secret);
    const asked = await person.submit("/profile/email", "/profile/email", {
      email: after,
      currentPassword: secret,
    });
    expect(asked.status).toBe(303);
    expect((await signIn(after, secret)).status).toBe(401);
    const { token } = linkIn(await mailsOf(copy.services, hospital), "verify-email", after);
    expect((await stranger().send(`${api}/verify-email`, { json: { token } })).status).toBe(204);
    expect((await stranger().send(`${api}/verify-email`, { json: { token } })).status).toBe(410);
    expect((await signIn(after, secret)).status).toBe(200);
    expect((await signIn(before, secret)).status).toBe(401);
    const told = (await mailsOf(copy.services, hospital)).find((mail) => mail.template === "email-changed");
    expect(told?.to).toBe(before);
    const [row] = await db().select().from(users).where(eq(users.email, after));
    expect(row?.emailVerifiedAt).not.toBeNull();
  });

  test("that somebody else has is accepted without a word, and mailed to nobody", async () => {
    const person = await copy
      .client(hospital.host)
      .signIn(emailOf("receptionist", hospital.subdomain), goodPassword);
    const taken = emailOf("doctor", hospital.subdomain);
    const asked = await person.send(`${api}/email`, {
      json: { email: taken, currentPassword: goodPassword },
    });
    expect(asked.status).toBe(202);
    const mails = await mailsOf(copy.services, hospital);
    expect(mails.filter((mail) => mail.template === "verify-email" && mail.to === taken)).toEqual([]);
  });

  test("without one's own password is not even asked for", async () => {
    const person = await copy
      .client(hospital.host)
      .signIn(emailOf("receptionist", hospital.subdomain), goodPassword);
    const json = { email: "x@elsewhere.example", currentPassword: "not-this-one" };
    expect((await person.send(`${api}/email`, { json })).status).toBe(422);
  });
});

test("an operator is let back in the same way, on the owner portal", async () => {
  const asking = copy.client("owner.localhost");
  await asking.send("/api/v1/owner/auth/request-reset", { json: { email: ownerEmail } });
  const { token } = linkIn(await ownersMails(copy.services), "password-reset", ownerEmail);
  // The link is the owner's alone.
  const elsewhere = await stranger().send(`${api}/reset`, { json: { token, newPassword: goodPassword } });
  expect(elsewhere.status).toBe(410);
  const weak = await asking.send("/api/v1/owner/auth/reset", { json: { token, newPassword: "short" } });
  expect(weak.status).toBe(422);
  expect((await asking.get(`/reset-password?token=${token}`)).status).toBe(200);
});
