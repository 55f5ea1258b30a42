import { and, asc, inArray, isNull, sql } from "drizzle-orm";
import { healthAlerts } from "../../../db/schema/control/health.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { authorize, may } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { seesTenant, visibleTenants } from "../operators/visible-tenants.ts";
import { type HealthState, type HospitalHealth, latestHealth } from "./health.ts";

export const healthStates = [
  "down",
  "no-report",
  "degraded",
  "healthy",
] as const satisfies readonly HealthState[];

export interface HealthRow extends HospitalHealth {
  readonly companyName: string;
  readonly subdomain: string;
  readonly copyDatabase: string | null;
}

export interface HealthList {
  readonly items: readonly HealthRow[];
  readonly nextCursor: string | null;
  readonly total: number;
  /** Of all hospitals that the one who asks sees. */
  readonly counts: Readonly<Record<HealthState, number>>;
}

/** Every hospital with the health of its databases, what is worst first. */
export async function listHealth(
  context: OwnerContext,
  query: {
    readonly state?: HealthState | undefined;
    readonly limit?: number | undefined;
    readonly cursor?: string | undefined;
  } = {},
): Promise<HealthList> {
  authorize(context.actor, "health:read");
  const rows = await context.db
    .select({
      ...{ id: tenants.id, companyName: tenants.companyName, subdomain: tenants.subdomain },
      copyDatabase: tenants.copyDatabase,
    })
    .from(tenants)
    .where(and(inArray(tenants.status, ["active", "suspended", "archived"]), visibleTenants(context.actor)))
    .orderBy(asc(sql`lower(${tenants.companyName})`), asc(tenants.id));
  const health = await latestHealth(
    context,
    rows.map(({ id }) => id),
  );
  const all = rows.flatMap(({ id, ...row }) => {
    const known = health.get(id);
    return known === undefined ? [] : [{ ...known, ...row }];
  });
  const counts = { healthy: 0, degraded: 0, down: 0, "no-report": 0 };
  for (const { state } of all) counts[state] += 1;
  const found = all
    .filter(({ state }) => query.state === undefined || state === query.state)
    .sort((a, b) => healthStates.indexOf(a.state) - healthStates.indexOf(b.state));
  const limit = query.limit ?? 50;
  const from = /^\d{1,6}$/.test(query.cursor ?? "") ? Number(query.cursor) : 0;
  const next = from + limit;
  return {
    items: found.slice(from, next),
    ...{ nextCursor: next < found.length ? String(next) : null, total: found.length, counts },
  };
}

interface OpenAlerts {
  readonly at: number;
  readonly tenantIds: Promise<readonly string[]>;
}
const known = new WeakMap<object, OpenAlerts>();
/** On every page of every operator: one look for all of them, this often at most. */
const lookAgainMs = 400;

/** How many alerts are open at the hospitals that this operator sees; null where they may not know. */
// open: the count over the bell; asked of whoever may read health, else null
export async function openAlertCount(
  context: Pick<OwnerContext, "db" | "actor"> & { readonly pool: object },
): Promise<number | null> {
  if (!may(context.actor, "health:read")) return null;
  const now = performance.now();
  let found = known.get(context.pool);
  if (found === undefined || now - found.at > lookAgainMs) {
    const asked = context.db
      .select({ tenantId: healthAlerts.tenantId })
      .from(healthAlerts)
      .where(isNull(healthAlerts.clearedAt))
      .then((rows) => rows.map(({ tenantId }) => tenantId));
    asked.catch(() => known.delete(context.pool));
    found = { at: now, tenantIds: asked };
    known.set(context.pool, found);
  }
  return (await found.tenantIds).filter((id) => seesTenant(context.actor, id)).length;
}
