import { and, asc, eq, gt, inArray, lte, or, sql } from "drizzle-orm";
import { plans } from "../../db/schema/control/plans.ts";
import { subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { type Need, plain, worked } from "./needs.ts";

const dayMs = 24 * 60 * 60_000;

/** Hospitals whose subscription is late, or whose trial ends soon. */
// open: part of a rule that has authorized
export async function subscriptionNeeds({ db, clock, actor }: OwnerContext): Promise<Need[]> {
  const soon = new Date(clock.now().getTime() + 7 * dayMs);
  const { status, trialEndsAt, statusSince } = subscriptions;
  const rows = await db
    .select({ id: tenants.id, name: tenants.companyName, status, trialEndsAt, statusSince })
    .from(subscriptions)
    .innerJoin(tenants, eq(tenants.id, subscriptions.tenantId))
    .where(
      and(
        worked,
        visibleTenants(actor),
        or(
          inArray(status, ["past_due", "grace", "restricted"]),
          and(eq(status, "trial"), lte(trialEndsAt, soon)),
        ),
      ),
    )
    .orderBy(asc(trialEndsAt))
    .limit(50);
  return rows.map((row) => ({
    ...plain,
    kind:
      row.status === "trial"
        ? ("trial-ending" as const)
        : row.status === "restricted"
          ? ("restricted" as const)
          : ("past-due" as const),
    tenantId: row.id,
    hospital: row.name,
    at: row.status === "trial" ? row.trialEndsAt : row.statusSince,
  }));
}

/** Hospitals near a limit of their plan. */
// open: part of a rule that has authorized
export async function limitNeeds({ db, actor }: OwnerContext): Promise<Need[]> {
  const allowed = (resource: "patients" | "users") =>
    sql<number | null>`(${plans.limits} ->> ${resource})::integer`;
  const { patientCount, userCount } = tenants;
  const full = (resource: "patients" | "users", used: typeof patientCount | typeof userCount) =>
    and(gt(allowed(resource), 0), sql`${used} >= 0.8 * ${allowed(resource)}`);
  const rows = await db
    .select({
      id: tenants.id,
      name: tenants.companyName,
      patientCount,
      userCount,
      at: tenants.usageAt,
      limits: plans.limits,
    })
    .from(tenants)
    .innerJoin(plans, eq(plans.id, tenants.planId))
    .where(and(worked, visibleTenants(actor), or(full("patients", patientCount), full("users", userCount))))
    .limit(50);
  return rows.flatMap((row) =>
    (["patients", "users"] as const).flatMap((resource) => {
      const used = (resource === "patients" ? row.patientCount : row.userCount) ?? 0;
      const most = row.limits[resource];
      if (most === null || most === 0 || used < 0.8 * most) return [];
      const limit = { resource, used, allowed: most };
      return [
        { kind: "limit" as const, tenantId: row.id, hospital: row.name, at: row.at, alert: null, limit },
      ];
    }),
  );
}
