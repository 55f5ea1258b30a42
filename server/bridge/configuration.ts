import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { plans } from "../../db/schema/control/plans.ts";
import { subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import {
  entitlement,
  hospitalSettings,
  limitedResources,
  limits,
} from "../../db/schema/hospital/settings.ts";
import { hostedHere } from "../owner/nodes/nodes.ts";
import type { Plan } from "../owner/plans/plans.ts";
import { advanceSubscriptions, type Subscription } from "../owner/subscriptions/subscriptions.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { hospitalOf } from "../tenancy/resolve.ts";
import type { Services } from "../tenancy/services.ts";
import { systemOwner } from "./system-context.ts";
import { serversOf } from "./tenant-places.ts";

const documentVersion = sql<number>`${tenants.version} + ${subscriptions.version}`;

/**
 * Ends the trials whose last day has passed and moves overdue subscriptions on, then tells every hospital that
 * has not heard what it is allowed now. A hospital whose database is away is told at the next turn.
 * @returns how many subscriptions moved, how many hospitals were told and how many could not be.
 */
// open: called by the job runner alone
export async function expireTrials(
  services: Services,
): Promise<{ readonly moved: number; readonly told: number; readonly unreached: number }> {
  const moved = await advanceSubscriptions(systemOwner(services, "job:subscriptions.expire-trials"));
  return { moved: moved.length, ...(await pushConfigurations(services)) };
}

/** Tells every hospital that has not heard of its latest settings and plan. */
// open: called by jobs, and by rules that have authorized the change itself
export async function pushConfigurations(
  services: Services,
  only?: readonly string[],
): Promise<{ readonly told: number; readonly unreached: number }> {
  const waiting = await services.connections.control.db
    .select({ tenant: tenants, plan: plans, subscription: subscriptions, version: documentVersion })
    .from(tenants)
    .innerJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
    .innerJoin(plans, eq(plans.id, subscriptions.planId))
    .where(
      and(
        inArray(tenants.status, ["active", "suspended"]),
        lt(tenants.configurationPushed, documentVersion),
        // A hospital on a server of its own fetches what was signed for it.
        hostedHere(),
        only === undefined ? undefined : inArray(tenants.id, [...only]),
      ),
    );
  let told = 0;
  let unreached = 0;
  for (const document of waiting) {
    try {
      await tell(services, document);
      told += 1;
    } catch (error) {
      unreached += 1;
      services.log.warn(
        { err: error, tenantId: document.tenant.id },
        "A hospital could not be told of its plan yet",
      );
    }
  }
  return { told, unreached };
}

/** After the owner changed one hospital: told at once where it can be reached, else by the next sweep. */
// open: the change itself was authorized
export async function pushConfiguration(services: Services, tenantId: string): Promise<void> {
  await pushConfigurations(services, [tenantId]);
}

interface ConfigurationDocument {
  readonly tenant: Tenant;
  readonly plan: Plan;
  readonly subscription: Subscription;
  readonly version: number;
}

async function tell(
  services: Services,
  { tenant, plan, subscription, version }: ConfigurationDocument,
): Promise<void> {
  const { connections, keyring } = services;
  const { primary } = await serversOf(connections.control.db, tenant);
  const pool = connections.hospital(hospitalOf(keyring, { tenant, server: primary }).place);
  const now = services.clock.now();
  const { status } = subscription;
  const closed = status === "restricted" || status === "archived";
  await pool.transaction(async (tx) => {
    const newer = await tx
      .insert(entitlement)
      .values({
        planKey: plan.key,
        subscriptionStatus: status,
        features: plan.features,
        apiCallsPerDay: plan.limits.apiCallsPerDay,
        documentVersion: version,
        updatedAt: now,
      })
      .onConflictDoUpdate({
        target: entitlement.id,
        set: {
          planKey: plan.key,
          subscriptionStatus: status,
          features: plan.features,
          apiCallsPerDay: plan.limits.apiCallsPerDay,
          documentVersion: version,
          updatedAt: now,
        },
        setWhere: lt(entitlement.documentVersion, version),
      })
      .returning({ id: entitlement.id });
    // A hospital never goes back to an older document.
    if (newer.length === 0) return;
    for (const resource of limitedResources)
      await tx
        .update(limits)
        // Restricted: what is there stays readable, nothing is added; an emergency registration still counts and passes.
        .set({ allowed: closed ? 0 : plan.limits[resource], updatedAt: now })
        .where(eq(limits.resource, resource));
    const { companyName: name, timeZone, currency, language } = tenant;
    await tx.update(hospitalSettings).set({
      ...{ name, timeZone, currency, language, updatedAt: now },
      version: sql`${hospitalSettings.version} + 1`,
    });
  });
  await connections.control.db
    .update(tenants)
    .set({ configurationPushed: version })
    .where(and(eq(tenants.id, tenant.id), lt(tenants.configurationPushed, version)));
}

/** How many hospitals have yet to hear of a change. */
// open: a count inside rules that have authorized
export async function untoldHospitals(context: OwnerContext): Promise<number> {
  const [row] = await context.db
    .select({ hospitals: sql<number>`count(*)::int` })
    .from(tenants)
    .innerJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
    .where(
      and(
        inArray(tenants.status, ["active", "suspended"]),
        lt(tenants.configurationPushed, documentVersion),
        hostedHere(),
      ),
    );
  return row?.hospitals ?? 0;
}
