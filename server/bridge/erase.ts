import { and, eq, lte, sql } from "drizzle-orm";
import { dropDatabase, dropRole } from "../../db/databases.ts";
import { quoteIdent } from "../../db/identifiers.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { auditOwner } from "../audit/audit.ts";
import { eraseHospitalFiles } from "../files/sides.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { Services } from "../tenancy/services.ts";
import { systemOwner } from "./system-context.ts";
import { placesOf } from "./tenant-places.ts";

/**
 * Erases every hospital whose retention period is over: both databases, the role, and what could sign in to
 * them. The erasure record stays in the owner's audit, and the names are free again.
 * @returns how many were erased and how many could not be yet.
 */
// open: called by the job runner alone
export async function eraseDueTenants(
  services: Services,
): Promise<{ readonly erased: number; readonly left: number }> {
  const due = await services.connections.control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(and(eq(tenants.status, "deleting"), lte(tenants.purgeAfter, services.clock.now())));
  let erased = 0;
  let left = 0;
  for (const { id } of due) {
    try {
      await eraseTenant(services, id);
      erased += 1;
    } catch (error) {
      left += 1;
      services.log.error({ err: error, tenantId: id }, "A deleted hospital could not be erased yet");
    }
  }
  return { erased, left };
}

/** Erases one hospital. Killed half-way and called again, it goes on: dropping what is gone is no error. */
async function eraseTenant(services: Services, tenantId: string): Promise<void> {
  const { tenant, hospital, primaryAdmin, copyAdmin } = await placesOf(services, tenantId);
  await services.connections.forget(hospital.place);
  for (const admin of copyAdmin === null ? [primaryAdmin] : [copyAdmin, primaryAdmin])
    await eraseAt(admin, tenant);
  await eraseHospitalFiles(services.env, tenantId);
  for (const admin of copyAdmin === null ? [primaryAdmin] : [copyAdmin, primaryAdmin])
    await dropRole({ ...admin, database: "postgres" }, tenant.roleName);
  await recordErasure(services, tenant);
}

async function eraseAt(admin: Place, tenant: Tenant): Promise<void> {
  if (tenant.isolation === "database") {
    await dropDatabase({ ...admin, database: "postgres" }, admin.database);
    return;
  }
  const role = quoteIdent(tenant.roleName);
  await withSession(admin, async (session) => {
    await session.unsafe(`drop schema if exists ${quoteIdent(tenant.schemaName)} cascade`);
    const [known] = await session`select 1 from pg_roles where rolname = ${tenant.roleName}`;
    if (known !== undefined) await session.unsafe(`drop owned by ${role}`);
  });
}

async function recordErasure(services: Services, tenant: Tenant): Promise<void> {
  const owner = systemOwner(services, "job:tenants.erase-due");
  const now = services.clock.now();
  const freed = `erased-${tenant.id}`;
  await owner.write(async (tx) => {
    await tx
      .update(tenants)
      .set({
        status: "deleted",
        subdomain: freed,
        tenantDbName: freed,
        roleName: freed,
        primaryDatabase: freed,
        copyDatabase: null,
        customDomain: null,
        contactEmail: null,
        contactPhone: null,
        sealedPassword: services.keyring.seal(""),
        sealedDataKey: null,
        updatedAt: now,
        version: sql`${tenants.version} + 1`,
      })
      .where(eq(tenants.id, tenant.id));
    await auditOwner(tx, owner, {
      event: "tenant.erased",
      entity: "tenant",
      entityId: tenant.id,
      tenantId: tenant.id,
      details: {
        subdomain: tenant.subdomain,
        database: tenant.primaryDatabase,
        schema: tenant.schemaName,
        copy: tenant.copyDatabase,
        role: tenant.roleName,
        deletedAt: tenant.deletedAt?.toISOString() ?? null,
        erasedAt: now.toISOString(),
      },
    });
  });
}
