import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { type HospitalHealth, latestHealth } from "../health/health.ts";
import type { TenantSummary } from "./tenants-list.ts";

/** Hospitals with the health of their databases, as last reported. */
export async function withHealth(
  context: OwnerContext,
  items: readonly TenantSummary[],
): Promise<readonly (TenantSummary & { readonly health: HospitalHealth })[]> {
  authorize(context.actor, "health:read");
  const health = await latestHealth(
    context,
    items.map((item) => item.id),
  );
  return items.flatMap((item) => {
    const known = health.get(item.id);
    return known === undefined ? [] : [{ ...item, health: known }];
  });
}
