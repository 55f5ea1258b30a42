import { and, eq, sql } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import type { Making } from "./provision-steps.ts";
import { systemOwner } from "./system-context.ts";

/** Opens the hospital's door: from here on its people can sign in. */
// open: a step of provisioning, which has authorized
export async function openHospitalForBusiness({ services, tenant }: Making): Promise<void> {
  const owner = systemOwner(services, "provisioning");
  const now = services.clock.now();
  await owner.write(async (tx) => {
    const opened = await tx
      .update(tenants)
      .set({
        status: "active",
        readyAt: now,
        userCount: 1,
        patientCount: 0,
        usageAt: now,
        updatedAt: now,
        version: sql`${tenants.version} + 1`,
      })
      .where(and(eq(tenants.id, tenant.id), eq(tenants.status, "provisioning")))
      .returning({ id: tenants.id });
    if (opened.length === 0) return;
    await auditOwner(tx, owner, {
      event: "tenant.created",
      entity: "tenant",
      entityId: tenant.id,
      tenantId: tenant.id,
    });
  });
}
