import { and, asc, eq, gt, inArray, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import { type HealthAlertCode, healthAlerts, healthChecks } from "../../db/schema/control/health.ts";
import { plans } from "../../db/schema/control/plans.ts";
import { provisioningRuns } from "../../db/schema/control/provisioning.ts";
import { subscriptions, type TenantStatus, tenants } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { oldAfterMs } from "../owner/health/health.ts";
import { readThresholds } from "../owner/health/thresholds.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import { countTenants } from "../owner/tenants/tenants-list.ts";
import type { OwnerContext } from "../tenancy/context.ts";

/** Why a hospital needs somebody: most pressing first. */
export type NeedKind =
  | "set-up"
  | "setting-up"
  | "unwell"
  | "silent"
  | "restricted"
  | "past-due"
  | "limit"
  | "trial-ending"
  | "deletion-due";

export interface Need {
  readonly kind: NeedKind;
  readonly tenantId: string;
  readonly hospital: string;
  /** Since when, or until when, by kind. */
  readonly at: Date | null;
  /** What alert it is. */
  readonly alert: HealthAlertCode | null;
  readonly limit: {
    readonly resource: "patients" | "users";
    readonly used: number;
    readonly allowed: number;
  } | null;
}

export interface OwnerOverview {
  readonly counts: Readonly<Partial<Record<TenantStatus, number>>>;
  readonly patients: number;
  readonly users: number;
  readonly needs: readonly Need[];
}

const dayMs = 24 * 60 * 60_000;
const order: readonly NeedKind[] = [
  "set-up",
  "unwell",
  "silent",
  "restricted",
  "past-due",
  "limit",
  "trial-ending",
  "deletion-due",
  "setting-up",
];

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
  const sorted = needs.flat().sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return { counts, ...totals, needs: sorted };
}

const open = inArray(tenants.status, ["active", "suspended"]);
const plain = { alert: null, limit: null } as const;

async function totalsOf({ db, actor }: OwnerContext) {
  const [row] = await db
    .select({
      patients: sql<number>`coalesce(sum(${tenants.patientCount}), 0)::float8`,
      users: sql<number>`coalesce(sum(${tenants.userCount}), 0)::float8`,
    })
    .from(tenants)
    .where(and(open, visibleTenants(actor)));
  return { patients: row?.patients ?? 0, users: row?.users ?? 0 };
}

async function unfinished({ db, actor }: OwnerContext): Promise<Need[]> {
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

async function unwell({ db, actor }: OwnerContext): Promise<Need[]> {
  const rows = await db
    .select({
      id: tenants.id,
      name: tenants.companyName,
      at: healthAlerts.raisedAt,
      alert: healthAlerts.code,
    })
    .from(healthAlerts)
    .innerJoin(tenants, eq(tenants.id, healthAlerts.tenantId))
    .where(and(isNull(healthAlerts.clearedAt), open, visibleTenants(actor)))
    .orderBy(asc(healthAlerts.raisedAt))
    .limit(50);
  return rows.map(({ id, name, at, alert }) => ({
    ...plain,
    kind: "unwell" as const,
    tenantId: id,
    hospital: name,
    at,
    alert,
  }));
}

/** Hospitals of which nothing has been heard for a while: silence is never shown as healthy. */
async function silent({ db, clock, actor }: OwnerContext): Promise<Need[]> {
  const before = new Date(clock.now().getTime() - oldAfterMs(await readThresholds(db)));
  const heard = sql<
    string | null
  >`(select max(${healthChecks.checkedAt}) from ${healthChecks} where ${healthChecks.tenantId} = ${tenants.id} and ${healthChecks.side} = 'primary')`;
  const rows = await db
    .select({ id: tenants.id, name: tenants.companyName, heard, readyAt: tenants.readyAt })
    .from(tenants)
    .where(
      and(
        open,
        visibleTenants(actor),
        lt(sql`coalesce(${heard}, ${tenants.readyAt})`, sql`${before.toISOString()}::timestamptz`),
      ),
    )
    .limit(50);
  return rows.map(({ id, name, heard: at, readyAt }) => ({
    ...plain,
    kind: "silent" as const,
    tenantId: id,
    hospital: name,
    at: at === null ? readyAt : new Date(at),
  }));
}

async function subscriptionNeeds({ db, clock, actor }: OwnerContext): Promise<Need[]> {
  const soon = new Date(clock.now().getTime() + 7 * dayMs);
  const { status, trialEndsAt, statusSince } = subscriptions;
  const rows = await db
    .select({ id: tenants.id, name: tenants.companyName, status, trialEndsAt, statusSince })
    .from(subscriptions)
    .innerJoin(tenants, eq(tenants.id, subscriptions.tenantId))
    .where(
      and(
        open,
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

async function limitNeeds({ db, actor }: OwnerContext): Promise<Need[]> {
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
    .where(and(open, visibleTenants(actor), or(full("patients", patientCount), full("users", userCount))))
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

async function deletions({ db, actor }: OwnerContext): Promise<Need[]> {
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
