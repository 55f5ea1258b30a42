import { eq, sql } from "drizzle-orm";
import { plans } from "../../db/schema/control/plans.ts";
import { subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import { notFound } from "../errors.ts";
import type { NodeDocument, SignedDocument } from "../node/document.ts";
import { ownerSigningKey } from "../owner/nodes/signing-key.ts";
import { signText } from "../sync/wire-signing.ts";
import type { OwnerContext } from "../tenancy/context.ts";

const dayMs = 24 * 60 * 60_000;
/** A hospital without a link works on for as long as this, then with a warning for as long again as the second. */
const validDays = 30;
const graceDays = 14;

/** The number that a hospital's document has now: it grows with each change of the hospital and its subscription. */
// open: a look-up for what answers a hospital's server
export async function documentVersionOf(owner: OwnerContext, tenantId: string): Promise<number> {
  const [row] = await owner.db
    .select({ version: sql<number>`${tenants.version} + ${subscriptions.version}` })
    .from(tenants)
    .innerJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
    .where(eq(tenants.id, tenantId));
  if (row === undefined) throw notFound("hospital");
  return row.version;
}

/** What a hospital is allowed from now on, signed by the owner. @throws AppError not-found (404). */
// open: told to the hospital's server, which has proved who it is
export async function signedDocumentOf(owner: OwnerContext, tenantId: string): Promise<SignedDocument> {
  const [row] = await owner.db
    .select({ tenant: tenants, plan: plans, subscription: subscriptions })
    .from(tenants)
    .innerJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
    .innerJoin(plans, eq(plans.id, subscriptions.planId))
    .where(eq(tenants.id, tenantId));
  if (row === undefined) throw notFound("hospital");
  const { tenant, plan, subscription } = row;
  const { privateKey } = await ownerSigningKey(owner);
  const now = owner.clock.now().getTime();
  const closed = subscription.status === "restricted" || subscription.status === "archived";
  const limits = Object.fromEntries(
    Object.entries(plan.limits).map(([resource, allowed]) => [resource, closed ? 0 : allowed]),
  );
  const document: NodeDocument = {
    version: tenant.version + subscription.version,
    tenantId: tenant.id,
    subdomain: tenant.subdomain,
    status: tenant.status === "active" || tenant.status === "suspended" ? tenant.status : "archived",
    issuedAt: now,
    validUntil: now + validDays * dayMs,
    graceUntil: now + (validDays + graceDays) * dayMs,
    plan: { key: plan.key, limits, features: [...plan.features] },
    subscriptionStatus: subscription.status,
    settings: {
      ...{ name: tenant.companyName, timeZone: tenant.timeZone, currency: tenant.currency },
      ...{ language: tenant.language, accent: tenant.accent },
    },
  };
  const text = JSON.stringify(document);
  return { text, signature: signText(privateKey, text) };
}
