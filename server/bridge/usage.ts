import { eq, sql } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { limits } from "../../db/schema/hospital/settings.ts";
import type { HospitalProbe } from "../owner/health/probe.ts";
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

/** Notes the counts that the health job read while it looked at the hospitals' databases, in one statement. */
// open: code of the health job, which has authorized
export async function noteUsage(
  services: Pick<Services, "connections" | "clock">,
  probes: ReadonlyMap<string, Pick<HospitalProbe, "usage">>,
): Promise<void> {
  const counted = [...probes].flatMap(([id, { usage }]) => (usage === null ? [] : [{ id, ...usage }]));
  if (counted.length === 0) return;
  await services.connections.control.db.execute(sql`
    update tenants t set patient_count = u.patients, user_count = u.users, usage_at = ${services.clock.now().toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(counted)}::jsonb) u (id uuid, patients integer, users integer)
    where t.id = u.id`);
}
