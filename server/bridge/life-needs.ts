import { and, asc, eq, inArray, ne } from "drizzle-orm";
import { provisioningRuns } from "../../db/schema/control/provisioning.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { type Need, plain } from "./needs.ts";

/** Hospitals whose making goes on, or stopped. */
// open: part of a rule that has authorized
export async function unfinished({ db, actor }: OwnerContext): Promise<Need[]> {
  const rows = await db
    .select({
      id: tenants.id,
      name: tenants.companyName,
      status: provisioningRuns.status,
      at: provisioningRuns.updatedAt,
    })
    .from(provisioningRuns)
    .innerJoin(tenants, eq(tenants.id, provisioningRuns.tenantId))
    .where(
      and(
        ne(provisioningRuns.status, "done"),
        inArray(tenants.status, ["provisioning", "active", "suspended"]),
        visibleTenants(actor),
      ),
    )
    .limit(50);
  return rows.map(({ id, name, status, at }) => ({
    ...plain,
    kind: status === "failed" ? ("set-up" as const) : ("setting-up" as const),
    tenantId: id,
    hospital: name,
    at,
  }));
}

/** Hospitals that are to be deleted, and when. */
// open: part of a rule that has authorized
export async function deletions({ db, actor }: OwnerContext): Promise<Need[]> {
  const rows = await db
    .select({ id: tenants.id, name: tenants.companyName, at: tenants.purgeAfter })
    .from(tenants)
    .where(and(eq(tenants.status, "deleting"), visibleTenants(actor)))
    .orderBy(asc(tenants.purgeAfter))
    .limit(50);
  return rows.map(({ id, name, at }) => ({
    ...plain,
    kind: "deletion-due" as const,
    tenantId: id,
    hospital: name,
    at,
  }));
}
