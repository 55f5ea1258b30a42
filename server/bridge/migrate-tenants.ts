import { inArray } from "drizzle-orm";
import pLimit from "p-limit";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { writingNodeOf } from "../owner/nodes/nodes.ts";
import type { Services } from "../tenancy/services.ts";
import { adoptHospitalAudit } from "./audit.ts";
import { failureReason } from "./provision-failure.ts";
import { placesOf } from "./tenant-places.ts";

/** What became of one hospital's databases. */
export interface TenantMigration {
  readonly tenantId: string;
  readonly subdomain: string;
  readonly ok: boolean;
  /** Files applied on the primary by this run. */
  readonly applied: number;
  /** In words, where it failed. */
  readonly reason: string | null;
}

/** So many at once: a migration is one connection that works. */
const atOnce = 4;

/**
 * Brings hospitals' databases up to date, the online copy before the primary, so that the copy understands what
 * the primary will send. One that fails stays as it was and keeps nobody else waiting.
 */
// open: called by the command line and by the start of the process alone
export async function migrateTenants(
  services: Services,
  subdomain?: string,
): Promise<readonly TenantMigration[]> {
  const all = await services.connections.control.db
    .select({ id: tenants.id, subdomain: tenants.subdomain })
    .from(tenants)
    .where(inArray(tenants.status, ["active", "suspended", "archived", "deleting"]))
    .orderBy(tenants.subdomain);
  const waiting = all.filter((tenant) => subdomain === undefined || tenant.subdomain === subdomain);
  const results = await pLimit(atOnce).map(waiting, (tenant) => migrateOne(services, tenant));
  return results.sort((a, b) => a.subdomain.localeCompare(b.subdomain));
}

async function migrateOne(
  services: Services,
  { id, subdomain }: { readonly id: string; readonly subdomain: string },
): Promise<TenantMigration> {
  try {
    const { tenant, primaryAdmin, copyAdmin } = await placesOf(services, id);
    if (copyAdmin !== null) {
      await migrate(copyAdmin, "hospital");
      await grantHospital(copyAdmin, tenant.roleName, "copy");
    }
    const { applied } = await migrate(primaryAdmin, "hospital");
    const isAway = (await writingNodeOf(services.connections.control.db, id)) !== null;
    await grantHospital(primaryAdmin, tenant.roleName, isAway ? "copy" : "primary");
    if (!isAway) await adoptHospitalAudit(services, id);
    return { tenantId: id, subdomain, ok: true, applied: applied.length, reason: null };
  } catch (error) {
    services.log.error(
      { err: error, tenantId: id },
      "A hospital's databases could not be brought up to date",
    );
    return { tenantId: id, subdomain, ok: false, applied: 0, reason: failureReason(error) };
  }
}
