import { sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { healthChecks } from "../../../db/schema/control/health.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { type Settled, settleAlerts } from "./alerts.ts";
import { mailAlerts } from "./mails.ts";
import type { HospitalProbe } from "./probe.ts";
import type { Thresholds } from "./thresholds.ts";

const inOneGo = 500;
/** Whoever watches hears on this channel that there is something new. */
export const newsChannel = "health_news";

/**
 * Keeps what a look found, raises and clears alerts by it, and tells those who want to know. What was not heard
 * leaves no row: silence shows as no report.
 */
// open: code of the health job, which has authorized
export async function recordHealth(
  tx: ControlTx,
  from: Pick<OwnerContext, "vault" | "clock">,
  probes: ReadonlyMap<string, HospitalProbe>,
  limits: Thresholds,
): Promise<Settled> {
  const checkedAt = from.clock.now();
  const rows = [...probes].flatMap(([tenantId, { primary, copy }]) => [
    ...(primary === null ? [] : [{ side: "primary" as const, tenantId, ...primary }]),
    ...(copy === null ? [] : [{ side: "copy" as const, tenantId, ...copy }]),
  ]);
  for (let at = 0; at < rows.length; at += inOneGo)
    await tx.insert(healthChecks).values(
      rows.slice(at, at + inOneGo).map(({ parked: _parked, verifiedEqual: _equal, ...facts }) => ({
        ...facts,
        checkedAt,
      })),
    );
  const settled = await settleAlerts(tx, probes, limits, checkedAt);
  await mailAlerts(tx, from, settled);
  await tx.execute(sql`select pg_notify(${newsChannel}, '')`);
  return settled;
}
