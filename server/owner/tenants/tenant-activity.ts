import { desc, eq } from "drizzle-orm";
import { ownerAudit } from "../../../db/schema/control/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";

export type TenantEvent = Pick<
  typeof ownerAudit.$inferSelect,
  "id" | "at" | "actorName" | "event" | "reason"
>;

/** What was done with a hospital, the newest first. */
export async function listTenantEvents(
  context: OwnerContext,
  tenantId: string,
  limit = 10,
): Promise<readonly TenantEvent[]> {
  authorize(context.actor, "tenants:read");
  requireTenant(context.actor, tenantId);
  const { id, at, actorName, event, reason } = ownerAudit;
  return context.db
    .select({ id, at, actorName, event, reason })
    .from(ownerAudit)
    .where(eq(ownerAudit.tenantId, tenantId))
    .orderBy(desc(at), desc(id))
    .limit(limit);
}
