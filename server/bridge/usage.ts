import { eq } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { limits } from "../../db/schema/hospital/settings.ts";
import type { Services } from "../tenancy/services.ts";
import { poolOf } from "./tenant-places.ts";

/**
 * Asks a hospital how many patients and users it has and notes them with the time; called by the health job
 * after it found the database well. The counts are those that the plan's limits are claimed on.
 */
// open: called by the health job alone
export async function refreshUsage(services: Services, tenantId: string): Promise<void> {
  const pool = await poolOf(services, tenantId);
  const rows = await pool.db.select({ resource: limits.resource, used: limits.used }).from(limits);
  const used = new Map(rows.map((row) => [row.resource, row.used]));
  await services.connections.control.db
    .update(tenants)
    .set({
      patientCount: used.get("patients") ?? null,
      userCount: used.get("users") ?? null,
      usageAt: services.clock.now(),
    })
    .where(eq(tenants.id, tenantId));
}
