import { and, eq, sql } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { hostedHere } from "../owner/nodes/nodes.ts";
import type { TenantDirectory } from "../tenancy/directory.ts";
import type { Services } from "../tenancy/services.ts";

/** The directory of a process that has the control database. */
// open: made once for a process; what it writes its callers have authorized
export function controlDirectory({ connections }: Pick<Services, "connections">): TenantDirectory {
  return {
    name: "control-database",
    alive: () => connections.control.db.execute(sql`select 1`),
    async workedHere() {
      const open = await connections.control.db
        .select({ id: tenants.id })
        .from(tenants)
        .where(and(eq(tenants.status, "active"), hostedHere()));
      return open.map(({ id }) => id);
    },
    async keepFacts(tenantId, facts, clock) {
      await connections.control.db
        .update(tenants)
        .set({ ...facts, updatedAt: clock.now(), version: sql`${tenants.version} + 1` })
        .where(eq(tenants.id, tenantId));
    },
  };
}
