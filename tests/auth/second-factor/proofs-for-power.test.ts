import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { operatorSessions } from "../../../db/schema/control/operators.ts";
import { isBroadScope } from "../../../server/auth/keys/broad-scopes.ts";
import { hospitalScopes, ownerScopes } from "../../../server/auth/permissions.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import type { Client } from "../../support/client.ts";
import { problemOf } from "./phone.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
let olga: Client;
const owner = "/api/v1/owner";
const unique = () => `${Bun.randomUUIDv7().slice(-10)}@power.example`;

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  olga = await app.client("owner.localhost").signIn(ownerEmail, password);
});

/** As if Olga's token were of a sign-in eleven minutes ago; the clock is shared with other tests and stays. */
async function letProofAge(): Promise<void> {
  const claims: { jti: string } = JSON.parse(
    Buffer.from(olga.token?.split(".")[1] ?? "", "base64url").toString(),
  );
  await app.services.connections.control.db
    .update(operatorSessions)
    .set({ provedAt: new Date(app.clock.now().getTime() - 11 * 60_000) })
    .where(eq(operatorSessions.id, claims.jti));
}

const newSuperAdmin = () =>
  olga.send(`${owner}/operators`, { json: { name: "New Super", email: unique(), role: "super-admin" } });
const newAdmin = () =>
  olga.send(`${owner}/tenants/${hospital.id}/users`, {
    json: { name: "New Admin", email: unique(), role: "admin" },
  });
const newNurse = () =>
  olga.send(`${owner}/tenants/${hospital.id}/users`, {
    json: { name: "New Nurse", email: unique(), role: "nurse" },
  });
const newKey = (scope: string) => olga.send(`${owner}/keys`, { json: { name: "Machine", scopes: [scope] } });

test("whoever has just signed in makes super-admins, admins and broad keys; ten minutes later only by a proof", async () => {
  for (const act of [newSuperAdmin, newAdmin, () => newKey("tenants:users")])
    expect((await act()).status).toBe(201);
  await letProofAge();
  for (const act of [newSuperAdmin, newAdmin, () => newKey("tenants:users")]) {
    const refused = await act();
    expect([refused.status, (await problemOf(refused)).code]).toEqual([403, "auth.step-up-required"]);
  }
  // What gives little power asks for nothing.
  expect((await newNurse()).status).toBe(201);
  expect((await newKey("tenants:read")).status).toBe(201);
  expect((await olga.send(`${owner}/auth/step-up`, { json: { password } })).status).toBe(204);
  for (const act of [newSuperAdmin, newAdmin, () => newKey("tenants:users")])
    expect((await act()).status).toBe(201);
});

test("nobody is raised to super-admin, and nobody of a hospital to admin, without a proof", async () => {
  const { id } = (await (
    await olga.send(`${owner}/operators`, { json: { name: "Plain", email: unique(), role: "admin" } })
  ).json()) as { id: string };
  const { id: nurse } = (await (await newNurse()).json()) as { id: string };
  await letProofAge();
  const raise = () =>
    olga.send(`${owner}/operators/${id}`, { method: "PATCH", json: { role: "super-admin" } });
  const raiseNurse = () =>
    olga.send(`${owner}/tenants/${hospital.id}/users/${nurse}/role`, {
      method: "PUT",
      json: { role: "admin" },
    });
  for (const act of [raise, raiseNurse]) expect((await act()).status).toBe(403);
  expect((await olga.send(`${owner}/auth/step-up`, { json: { password } })).status).toBe(204);
  for (const act of [raise, raiseNurse]) expect((await act()).status).toBe(200);
});

test("at a hospital a key with a broad right needs the proof to be made, changed and rotated", async () => {
  const admin = await hospital.stranger().signIn(emailOf("admin", hospital.subdomain), password);
  const keys = "/api/v1/tenant/keys";
  const make = (scopes: readonly string[]) => admin.send(keys, { json: { name: "Machine", scopes } });
  const broad = (await (await make(["patients:export"])).json()) as { key: { id: string } };
  const plain = (await (await make(["patients:read"])).json()) as { key: { id: string } };
  await hospital.system().db.execute("update sessions set proved_at = proved_at - interval '11 minutes'");
  const rotate = (id: string) => admin.send(`${keys}/${id}/rotate`, { json: {} });
  const widen = () =>
    admin.send(`${keys}/${plain.key.id}`, { method: "PATCH", json: { scopes: ["patients:export"] } });
  expect((await make(["patients:export"])).status).toBe(403);
  expect((await rotate(broad.key.id)).status).toBe(403);
  expect((await widen()).status).toBe(403);
  expect((await rotate(plain.key.id)).status).toBeLessThan(300);
  expect((await make(["patients:read"])).status).toBe(201);
});

test("what is called broad is a right that a program can have", () => {
  const all: readonly string[] = [...hospitalScopes, ...ownerScopes];
  expect(all.filter(isBroadScope).length).toBeGreaterThan(12);
  expect(isBroadScope("patients:read")).toBe(false);
});
