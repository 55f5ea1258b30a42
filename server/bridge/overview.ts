import { and, sql } from "drizzle-orm";
import { type TenantStatus, tenants } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import { countTenants } from "../owner/tenants/tenants-list.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { silent, unwell } from "./health-needs.ts";
import { deletions, unfinished } from "./life-needs.ts";
import { type Need, needOrder, worked } from "./needs.ts";
import { limitNeeds, subscriptionNeeds } from "./plan-needs.ts";

export interface OwnerOverview {
  readonly counts: Readonly<Partial<Record<TenantStatus, number>>>;
  readonly patients: number;
  readonly users: number;
  readonly needs: readonly Need[];
}

/** What the owner should look at now, and how much there is in all. */
export async function ownerOverview(context: OwnerContext): Promise<OwnerOverview> {
  authorize(context.actor, "tenants:read");
  const [counts, totals, ...needs] = await Promise.all([
    countTenants(context),
    totalsOf(context),
    unfinished(context),
    unwell(context),
    silent(context),
    subscriptionNeeds(context),
    limitNeeds(context),
    deletions(context),
  ]);
  const sorted = needs.flat().sort((a, b) => needOrder.indexOf(a.kind) - needOrder.indexOf(b.kind));
  return { counts, ...totals, needs: sorted };
}

async function totalsOf({ db, actor }: OwnerContext) {
  const [row] = await db
    .select({
      patients: sql<number>`coalesce(sum(${tenants.patientCount}), 0)::float8`,
      users: sql<number>`coalesce(sum(${tenants.userCount}), 0)::float8`,
    })
    .from(tenants)
    .where(and(worked, visibleTenants(actor)));
  return { patients: row?.patients ?? 0, users: row?.users ?? 0 };
}
