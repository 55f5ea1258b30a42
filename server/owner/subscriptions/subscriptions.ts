import { and, eq, inArray, lte, or, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import type { plans } from "../../../db/schema/control/plans.ts";
import { subscriptions, tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { daysIn, dueTransition } from "./transitions.ts";

export type Subscription = typeof subscriptions.$inferSelect;

const dayMs = 24 * 60 * 60_000;

/** Starts a new hospital's subscription: on trial for the plan's trial days, or active where it has none. */
// open: part of provisioning, which has authorized
export async function startSubscription(
  tx: ControlTx,
  now: Date,
  tenantId: string,
  plan: typeof plans.$inferSelect,
): Promise<void> {
  const trialEndsAt = plan.trialDays > 0 ? new Date(now.getTime() + plan.trialDays * dayMs) : null;
  await tx.insert(subscriptions).values({
    tenantId,
    planId: plan.id,
    status: trialEndsAt === null ? "active" : "trial",
    trialEndsAt,
    periodStartsAt: now,
    periodEndsAt: trialEndsAt ?? new Date(now.getTime() + 30 * dayMs),
    statusSince: now,
  });
}

/**
 * Moves every subscription whose time has come one state on (trial, past due, grace, restricted), each audited
 * in its own transaction. @returns the hospitals concerned, whose databases have yet to be told.
 */
export async function advanceSubscriptions(context: OwnerContext): Promise<readonly string[]> {
  authorize(context.actor, "tenants:edit");
  const now = context.clock.now();
  const earlier = (days: number) => new Date(now.getTime() - days * dayMs);
  const due = await context.db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .innerJoin(tenants, eq(tenants.id, subscriptions.tenantId))
    .where(
      and(
        inArray(tenants.status, ["active", "suspended"]),
        or(
          and(eq(subscriptions.status, "trial"), lte(subscriptions.trialEndsAt, now)),
          and(eq(subscriptions.status, "past_due"), lte(subscriptions.statusSince, earlier(daysIn.past_due))),
          and(eq(subscriptions.status, "grace"), lte(subscriptions.statusSince, earlier(daysIn.grace))),
        ),
      ),
    );
  const moved: string[] = [];
  for (const { id } of due) {
    const tenantId = await context.write((tx) => advance(tx, context, id));
    if (tenantId !== null) moved.push(tenantId);
  }
  return moved;
}

async function advance(tx: ControlTx, context: OwnerContext, id: string): Promise<string | null> {
  const now = context.clock.now();
  const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.id, id)).for("update");
  const to = row === undefined ? null : dueTransition(row, now);
  if (row === undefined || to === null) return null;
  await tx
    .update(subscriptions)
    .set({ status: to, statusSince: now, updatedAt: now, version: sql`${subscriptions.version} + 1` })
    .where(eq(subscriptions.id, id));
  await auditOwner(tx, context, {
    event: "subscription.moved",
    entity: "subscription",
    entityId: id,
    tenantId: row.tenantId,
    details: { from: row.status, to },
  });
  return row.tenantId;
}
