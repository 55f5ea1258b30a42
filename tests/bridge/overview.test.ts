import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { healthChecks } from "../../db/schema/control/health.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { checkHospitalHealth } from "../../server/bridge/health.ts";
import { ownerOverview } from "../../server/bridge/overview.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { testApp } from "../support/app.ts";

test("a hospital of which nothing was heard for four minutes needs the owner; a fresh look ends it", async () => {
  const { services, newHospital } = await testApp();
  const hospital = await newHospital();
  const owner = systemOwner(services, "tests");
  const needsIt = async () =>
    (await ownerOverview(owner)).needs.some(
      (need) => need.kind === "silent" && need.tenantId === hospital.id,
    );
  expect(await needsIt()).toBe(false);
  const fourMinutesAgo = new Date(services.clock.now().getTime() - 4 * 60_000);
  await owner.db.update(tenants).set({ readyAt: fourMinutesAgo }).where(eq(tenants.id, hospital.id));
  expect(await needsIt()).toBe(true);
  await checkHospitalHealth(services, owner, hospital.id);
  expect(await needsIt()).toBe(false);
  await owner.db
    .update(healthChecks)
    .set({ checkedAt: fourMinutesAgo })
    .where(eq(healthChecks.tenantId, hospital.id));
  expect(await needsIt()).toBe(true);
});
