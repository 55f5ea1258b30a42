import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { databaseExists } from "../../db/databases.ts";
import { withSession } from "../../db/migrate-lock.ts";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import { entitlement, hospitalSettings } from "../../db/schema/hospital/settings.ts";
import { expireTrials, pushConfiguration, untoldHospitals } from "../../server/bridge/configuration.ts";
import { eraseDueTenants } from "../../server/bridge/erase.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { poolOf } from "../../server/bridge/tenant-places.ts";
import { refreshUsage } from "../../server/bridge/usage.ts";
import { deleteTenant } from "../../server/owner/tenants/tenant-status.ts";
import { getTenant, updateTenant } from "../../server/owner/tenants/tenants.ts";
import { claimLimit } from "../../server/tenancy/limits.ts";
import { asked } from "./asked.ts";
import { type OwnerPlane, startOwnerPlane } from "./owner-plane.ts";

// Databases are made and dropped here; a busy machine takes its time.
setDefaultTimeout(30_000);

let plane: OwnerPlane;
const day = 24 * 60 * 60_000;

beforeAll(async () => {
  plane = await startOwnerPlane();
});
afterAll(async () => {
  await plane.close();
});

test("when a trial is long over the hospital hears of it, and adds no patient any more", async () => {
  const { services } = plane;
  const { tenant } = await provisionHospital(services, plane.owner(), asked(plane.name("over")));
  const pool = await poolOf(services, tenant.id);
  const told = async () => (await pool.db.select().from(entitlement))[0];
  expect(await told()).toMatchObject({ planKey: "trial", subscriptionStatus: "trial" });
  await pool.transaction((tx) => claimLimit(tx, "patients"));

  services.clock.advance(30 * day);
  expect(await expireTrials(services)).toMatchObject({ moved: 1, told: 1, unreached: 0 });
  expect(await told()).toMatchObject({ subscriptionStatus: "past_due" });
  await pool.transaction((tx) => claimLimit(tx, "patients"));

  services.clock.advance(7 * day);
  await expireTrials(services);
  services.clock.advance(7 * day);
  await expireTrials(services);
  expect(await told()).toMatchObject({ subscriptionStatus: "restricted" });
  expect(pool.transaction((tx) => claimLimit(tx, "patients"))).rejects.toMatchObject({
    kind: "payment-required",
  });
  expect(await expireTrials(services)).toEqual({ moved: 0, told: 0, unreached: 0 });
});

test("a hospital that cannot be reached is told at a later turn", async () => {
  const { services } = plane;
  const { tenant } = await provisionHospital(services, plane.owner(), asked(plane.name("away")));
  await expireTrials(services);
  const close = (allow: boolean) =>
    withSession(plane.admin, (session) =>
      session.unsafe(`alter role "${tenant.roleName}" ${allow ? "login" : "nologin"}`),
    );
  const pool = await poolOf(services, tenant.id);
  const owner = plane.owner();
  const changed = await updateTenant(owner, tenant.id, { companyName: "Away General" }, tenant.version);
  await close(false);
  await services.connections.forget(pool.place);
  await pushConfiguration(services, tenant.id);
  expect(await untoldHospitals(owner)).toBe(1);
  await close(true);
  expect(await expireTrials(services)).toMatchObject({ told: 1, unreached: 0 });
  expect(await untoldHospitals(owner)).toBe(0);
  const again = await poolOf(services, tenant.id);
  expect(await again.db.select({ name: hospitalSettings.name }).from(hospitalSettings)).toEqual([
    { name: changed.companyName },
  ]);
});

test("the counts the owner sees are those of the hospital's own database", async () => {
  const { services } = plane;
  const { tenant } = await provisionHospital(services, plane.owner(), asked(plane.name("counts")));
  const pool = await poolOf(services, tenant.id);
  await pool.transaction((tx) => claimLimit(tx, "patients", 7));
  await refreshUsage(services, tenant.id);
  const seen = await getTenant(plane.owner(), tenant.id);
  expect(seen).toMatchObject({ patientCount: 7, userCount: 1, version: tenant.version });
});

for (const isolation of ["database", "schema"] as const)
  test(`a deleted hospital (${isolation}) is erased after its retention, with a record, and its name is free again`, async () => {
    const { services } = plane;
    const owner = plane.owner();
    const subdomain = plane.name(`erased-${isolation}`);
    const { tenant } = await provisionHospital(services, owner, asked(subdomain, { isolation }));
    await deleteTenant(await plane.proved(), tenant.id, tenant.companyName, "Contract ended");
    services.clock.advance(29 * day);
    await eraseDueTenants(services);
    const gone = () =>
      withSession(
        { ...plane.admin, database: isolation === "schema" ? tenant.primaryDatabase : "postgres" },
        async (session) => ({
          role: (await session`select 1 from pg_roles where rolname = ${tenant.roleName}`).length === 0,
          schema:
            (await session`select 1 from pg_namespace where nspname = ${tenant.schemaName}`).length === 0,
        }),
      );
    expect((await gone()).role).toBe(false);
    services.clock.advance(2 * day);
    expect(await eraseDueTenants(services)).toEqual({ erased: 1, left: 0 });
    expect(await gone()).toEqual({ role: true, schema: true });
    if (isolation === "database") {
      expect(await databaseExists(plane.admin, tenant.primaryDatabase)).toBe(false);
      expect(await databaseExists(plane.admin, tenant.copyDatabase ?? "")).toBe(false);
    }
    const events = await owner.db.select().from(ownerAudit).where(eq(ownerAudit.event, "tenant.erased"));
    expect(events.find((row) => row.tenantId === tenant.id)).toMatchObject({
      details: { subdomain, role: tenant.roleName },
    });
    const again = await provisionHospital(services, owner, asked(subdomain, { isolation }));
    expect(again.tenant.status).toBe("active");
    expect(await owner.db.$count(subscriptions, eq(subscriptions.tenantId, tenant.id))).toBe(1);
    expect(await owner.db.$count(tenants, eq(tenants.subdomain, subdomain))).toBe(1);
  });
