import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import type { Client } from "../support/client.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(30_000);

let app: TestApp;
let owner: Client;
let hospital: TestHospital;
let base: string;

beforeAll(async () => {
  app = await testApp();
  owner = await app.owner();
  hospital = await app.newHospital({ plan: "professional" });
  base = `/api/v1/owner/tenants/${hospital.id}`;
});

const bodyOf = async (response: Response) => (await response.json()) as Record<string, unknown>;

test("the owner lists a hospital's people and adds one, who signs in; both sides have it on record", async () => {
  const email = `new-${Bun.randomUUIDv7().slice(-8)}@people.example`;
  const added = await owner.send(`${base}/users`, { json: { name: "Nadia New", email, role: "nurse" } });
  expect(added.status).toBe(201);
  const { temporaryPassword, id } = await bodyOf(added);
  await app.client(hospital.host).signIn(email, String(temporaryPassword));
  const list = (await (await owner.get(`${base}/users?search=nadia`)).json()) as {
    items: { email: string }[];
  };
  expect(list.items.map((person) => person.email)).toEqual([email]);
  const { db } = app.services.connections.control;
  const events = await db
    .select()
    .from(ownerAudit)
    .where(eq(ownerAudit.entityId, String(id)));
  expect(events).toMatchObject([{ event: "tenant.user-created", tenantId: hospital.id }]);
});

test("a person with an unknown role or an address in use is refused with the field named", async () => {
  const add = async (json: Record<string, unknown>) => {
    const response = await owner.send(`${base}/users`, {
      json: { name: "Nobody New", role: "nurse", ...json },
    });
    const { errors } = (await response.json()) as { errors?: { field: string }[] };
    return [response.status, errors?.map((error) => error.field)];
  };
  expect(await add({ email: "x@y.example", role: "king" })).toEqual([422, ["role"]]);
  expect(await add({ email: `doctor@${hospital.subdomain}.example` })).toEqual([422, ["email"]]);
  expect(await add({ email: "nobody" })).toEqual([422, ["email"]]);
});

test("both databases are asked, the copy is brought up to date and proved equal", async () => {
  expect((await bodyOf(await owner.get(`${base}/database-health`)))["state"]).toBe("no-report");
  const push = await bodyOf(await owner.send(`${base}/sync`, { method: "POST" }));
  expect(push).toMatchObject({ outcome: "synced", lagRows: 0 });
  const proof = await bodyOf(await owner.send(`${base}/verify`, { method: "POST" }));
  expect(proof).toMatchObject({ outcome: "verified", equal: true });
  const health = await bodyOf(await owner.get(`${base}/database-health?fresh=true`));
  expect(health).toMatchObject({ state: "healthy", primary: { reachable: true }, copy: { reachable: true } });
  expect(JSON.stringify(health)).not.toMatch(/assword/);
});

test("of a hospital that is not there: 404; for a stranger: 401", async () => {
  const nowhere = `/api/v1/owner/tenants/${Bun.randomUUIDv7()}`;
  const stranger = app.client("owner.localhost");
  for (const [method, path] of [
    ["GET", "users"],
    ["GET", "database-health"],
    ["POST", "sync"],
    ["POST", "verify"],
    ["GET", "provisioning"],
  ] as const) {
    expect([path, (await owner.send(`${nowhere}/${path}`, { method })).status]).toEqual([path, 404]);
    expect([path, (await stranger.send(`${base}/${path}`, { method })).status]).toEqual([path, 401]);
  }
});
