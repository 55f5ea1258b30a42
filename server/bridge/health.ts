import { inArray } from "drizzle-orm";
import { tenants } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { forgetOldHealth, type HospitalHealth, latestHealth, recordHealth } from "../owner/health/health.ts";
import { type HospitalProbe, probeHospital } from "../owner/health/probe.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { resolveSyncPlaces } from "./sync.ts";

type Needs = Pick<Services, "connections" | "keyring" | "clock" | "log">;

/** Connections opened at the same moment: twice this, since both databases of a hospital are asked at once. */
const atOnce = 8;

/** Looks at both databases of one hospital now, keeps what it found, and answers the hospital's health. @throws AppError not-found (404). */
export async function checkHospitalHealth(
  services: Needs,
  context: OwnerContext,
  tenantId: string,
): Promise<HospitalHealth> {
  authorize(context.actor, "health:read");
  requireTenant(context.actor, tenantId);
  await probeAndKeep(services, tenantId);
  const health = (await latestHealth(context, [tenantId])).get(tenantId);
  if (health === undefined) throw new Error("A hospital was checked and has no health.");
  return health;
}

/**
 * Looks at both databases of every hospital, a few at a time, keeps the findings, raises and clears alerts. What
 * could not even be looked at leaves no row, and shows as "no report".
 */
// open: called by the health job alone
export async function checkAllHospitals(
  services: Needs,
  each: (tenantId: string, probe: HospitalProbe) => Promise<void> = async () => {},
): Promise<{ readonly checked: number; readonly unwell: number; readonly unknown: number }> {
  const { control } = services.connections;
  const living = await control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(inArray(tenants.status, ["active", "suspended", "archived"]));
  let unwell = 0;
  let unknown = 0;
  await eachAtOnce(living, atOnce, async ({ id }) => {
    try {
      const probe = await probeAndKeep(services, id);
      if (!probe.primary.reachable || probe.copy?.reachable === false) unwell += 1;
      await each(id, probe);
    } catch (error) {
      unknown += 1;
      services.log.error({ err: error, tenantId: id }, "A hospital's databases could not be checked");
    }
  });
  await control.transaction((tx) => forgetOldHealth(tx, services.clock.now()));
  return { checked: living.length - unknown, unwell, unknown };
}

async function probeAndKeep(services: Needs, tenantId: string): Promise<HospitalProbe> {
  const probe = await probeHospital(await resolveSyncPlaces(services, tenantId));
  await services.connections.control.transaction((tx) =>
    recordHealth(tx, tenantId, probe, services.clock.now()),
  );
  return probe;
}
