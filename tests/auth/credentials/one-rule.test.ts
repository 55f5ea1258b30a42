import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { operatorInvitations, operators } from "../../../db/schema/control/operators.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { userInvitations, users } from "../../../db/schema/hospital/users.ts";
import { sha256 } from "../../../server/crypto.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import { anotherCopy, type Copy, goodPassword } from "./support.ts";

setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
let copy: Copy;

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  copy = await anotherCopy();
});

afterAll(async () => {
  await copy.close();
});

const common = "password12345";
const faultOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors?: { field: string; code: string }[] };
  return [response.status, errors?.map(({ field, code }) => `${field} ${code}`)];
};
const unique = () => Bun.randomUUIDv7().slice(-10);

test("an operator cannot be made with a password that is guessed first, nor with their own name in it", async () => {
  const owner = await app.owner();
  const make = (secret: string) =>
    owner.send("/api/v1/owner/operators", {
      json: { name: "Zubaida Zaman", email: `${unique()}@rule.example`, role: "admin", password: secret },
    });
  expect(await faultOf(await make(common))).toEqual([422, ["password too-common"]]);
  expect(await faultOf(await make("zubaida-by-the-sea"))).toEqual([422, ["password holds-name"]]);
  expect((await make(goodPassword)).status).toBe(201);
});

test("a hospital's first admin is held to the same rule, and nothing is reserved", async () => {
  const owner = await app.owner();
  const subdomain = `rule-${unique()}`;
  const asked = {
    ...{ companyName: "Rule Hospital", subdomain, region: "local", plan: "trial" },
    firstAdmin: { name: "Zubaida Zaman", email: "first@rule.example", password: common },
  };
  const refused = await owner.send("/api/v1/owner/tenants", { json: asked });
  expect(await faultOf(refused)).toEqual([422, ["firstAdmin.password too-common"]]);
  const own = { ...asked, firstAdmin: { ...asked.firstAdmin, password: "Zubaida-2026-x" } };
  const named = await owner.send("/api/v1/owner/tenants", { json: own });
  expect(await faultOf(named)).toEqual([422, ["firstAdmin.password holds-name"]]);
});

test("the wizard keeps a password that is guessed first on its page", async () => {
  const owner = await app.owner();
  const sent = await owner.submit("/hospitals/new", "/hospitals/new", {
    ...{ step: "admin", adminName: "Zubaida Zaman", adminEmail: "first@rule.example", password: common },
  });
  expect(sent.status).toBe(422);
  expect(await sent.text()).not.toContain(common);
});

test("whoever accepts an invitation is held to it on both portals, and their password's age begins then", async () => {
  const admin = await hospital.as("admin");
  const { db } = hospital.system();
  const [nurse] = await db.select({ id: roles.id }).from(roles).where(eq(roles.key, "nurse"));
  const email = `${unique()}@rule.example`;
  const json = { name: "Invited", email, roleId: nurse?.id };
  const invited = await admin.send("/api/v1/tenant/users/invitations", { json });
  const { id } = (await invited.json()) as { id: string };
  const token = `a-token-long-enough-for-the-test-${unique()}`;
  await db
    .update(userInvitations)
    .set({ tokenHash: sha256(token) })
    .where(eq(userInvitations.userId, id));
  const accept = (secret: string) =>
    hospital
      .stranger()
      .send("/api/v1/tenant/auth/signup", { json: { token, name: "Zubaida Zaman", password: secret } });
  expect(await faultOf(await accept(common))).toEqual([422, ["password too-common"]]);
  expect((await accept(goodPassword)).status).toBe(201);
  const [person] = await db.select().from(users).where(eq(users.id, id));
  expect(person?.passwordChangedAt).not.toBeNull();

  const owner = await app.owner();
  const operator = await owner.send("/api/v1/owner/operators", {
    json: { name: "Invited", email, role: "admin" },
  });
  expect(operator.status).toBe(201);
  const { id: operatorId } = (await operator.json()) as { id: string };
  const control = app.services.connections.control.db;
  await control
    .update(operatorInvitations)
    .set({ tokenHash: sha256(token) })
    .where(eq(operatorInvitations.operatorId, operatorId));
  const stranger = app.client("owner.localhost");
  const signUp = (secret: string) =>
    stranger.send("/api/v1/owner/auth/signup", { json: { token, name: "Zubaida Zaman", password: secret } });
  expect(await faultOf(await signUp(common))).toEqual([422, ["password too-common"]]);
  const [waiting] = await control.select().from(operators).where(eq(operators.id, operatorId));
  expect(waiting?.status).toBe("invited");
});

test("what somebody had before an administrator's reset is still refused to them", async () => {
  const admin = await hospital.as("admin");
  const email = emailOf("nurse", hospital.subdomain);
  const { db } = hospital.system();
  const [nurse] = await db.select({ id: users.id }).from(users).where(eq(users.email, email));
  const reset = await admin.send(`/api/v1/tenant/users/${nurse?.id}/password-reset`, { method: "POST" });
  const { temporaryPassword } = (await reset.json()) as { temporaryPassword: string };
  const client = await copy.client(hospital.host).signIn(email, temporaryPassword);
  const change = (newPassword: string) =>
    client.send("/api/v1/tenant/auth/password", {
      json: { currentPassword: temporaryPassword, newPassword },
    });
  expect(await faultOf(await change(password))).toEqual([422, ["newPassword used-before"]]);
  expect((await change(goodPassword)).status).toBeLessThan(300);
});
