import type { subscriptionStatuses, subscriptions } from "../../../db/schema/control/tenants.ts";

export type SubscriptionStatus = (typeof subscriptionStatuses)[number];
type Subscription = typeof subscriptions.$inferSelect;

/** The changes of a subscription's state that there are; any other is refused. */
export const transitions: Readonly<Record<SubscriptionStatus, readonly SubscriptionStatus[]>> = {
  trial: ["active", "past_due", "archived"],
  active: ["past_due", "archived"],
  past_due: ["active", "grace", "archived"],
  grace: ["active", "restricted", "archived"],
  restricted: ["active", "archived"],
  archived: ["active"],
};

const dayMs = 24 * 60 * 60_000;

/** How long a hospital stays in a state before the next one, in days. Nothing is cut off before `restricted`. */
export const daysIn = { past_due: 7, grace: 7 } as const;

/** The state that the passing of time has brought about by `now`; null where the present one still holds. */
// open: pure
export function dueTransition(
  subscription: Pick<Subscription, "status" | "trialEndsAt" | "statusSince">,
  now: Date,
): SubscriptionStatus | null {
  const { status, trialEndsAt, statusSince } = subscription;
  const since = (days: number) => now.getTime() - statusSince.getTime() >= days * dayMs;
  if (status === "trial" && trialEndsAt !== null && trialEndsAt <= now) return "past_due";
  if (status === "past_due" && since(daysIn.past_due)) return "grace";
  if (status === "grace" && since(daysIn.grace)) return "restricted";
  return null;
}
