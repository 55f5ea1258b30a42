import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { verifyHospitalAudit, verifyOwnerAudit } from "../../server/bridge/audit.ts";
import { pushHospital } from "../../server/bridge/sync.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { register } from "../hospital/patients/support.ts";
import { type TestApp, testApp } from "../support/app.ts";

setDefaultTimeout(120_000);
let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});

test("the owner's audit is listed, filtered by hospital, exported, and is no stranger's", async () => {
  const owner = await app.owner();
  const page = await owner.page(`/audit?hospital=${app.abdullah.id}`);
  expect(page).toContain(app.abdullah.facts.name);
  const found = (await (await owner.get(`/api/v1/owner/audit?hospital=${app.abdullah.id}`)).json()) as {
    items: { tenantId: string }[];
  };
  expect(found.items.length).toBeGreaterThan(0);
  expect(found.items.every(({ tenantId }) => tenantId === app.abdullah.id)).toBe(true);
  expect(await (await owner.get("/api/v1/owner/audit/export.csv")).text()).toStartWith("at,id,");
  expect((await app.client("owner.localhost").get("/api/v1/owner/audit")).status).toBe(401);
});

test("the owner's audit is filtered by part of a name, an address or an id, and by nobody's name shows nothing", async () => {
  const owner = await app.owner();
  const invited = await owner.send("/api/v1/owner/operators", {
    json: { name: "Nadia Qureshi", email: "nadia.q@wardline.example", role: "admin" },
  });
  expect(invited.status).toBe(201);
  const { id } = (await (await owner.get("/api/v1/owner/auth/me")).json()) as { id: string };
  const actorsOf = async (person: string) => {
    const answer = await owner.get(`/api/v1/owner/audit?person=${encodeURIComponent(person)}`);
    const { items } = (await answer.json()) as { items: { actorId: string | null }[] };
    return new Set(items.map(({ actorId }) => actorId));
  };
  for (const words of ["olga", "OWNER@wardline", id]) expect(await actorsOf(words)).toEqual(new Set([id]));
  // She has done nothing yet; signs that mean something to a search are only letters.
  for (const words of ["nadia", "%", "100% nobody"]) expect(await actorsOf(words)).toEqual(new Set());
  const page = await owner.page("/audit?person=olga");
  expect(page).toContain('name="person" value="olga"');
  expect(page).toContain("Operator: invited");
  expect(await owner.page("/audit?person=nadia")).not.toContain("Operator: invited");
  const file = await (await owner.get("/api/v1/owner/audit/export.ndjson?person=nadia")).text();
  expect(file.trim()).toBe("");
});

test("an altered row of the owner's audit is found and named", async () => {
  const context = systemOwner(app.services, "tests");
  expect((await verifyOwnerAudit(app.services, context)).whole).toBe(true);
  const { db } = app.services.connections.control;
  const [row] = Array.from(
    (await db.execute("select id, actor_name from owner_audit order by at limit 1")) as unknown as Iterable<{
      id: string;
      actor_name: string;
    }>,
  );
  await db.execute(`update owner_audit set actor_name = 'Somebody' where id = '${row?.id}'`);
  const { first } = await verifyOwnerAudit(app.services, context);
  await db.execute(`update owner_audit set actor_name = '${row?.actor_name}' where id = '${row?.id}'`);
  expect(first).toMatchObject({ id: row?.id, fault: "altered" });
});

test("the online copy holds the same chain, whole", async () => {
  const hospital = await app.newHospital();
  await register(await hospital.as("doctor"));
  const context = systemOwner(app.services, "tests");
  const pushed = await pushHospital(app.services, context, hospital.id);
  expect(pushed.outcome).toBe("synced");
  const own = await verifyHospitalAudit(app.services, context, hospital.id);
  const copy = await verifyHospitalAudit(app.services, context, hospital.id, "copy");
  expect(own.whole).toBe(true);
  expect({ whole: copy.whole, rows: copy.rows }).toEqual({ whole: true, rows: own.rows });
});
