import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { type HealthAlertCode, healthAlerts } from "../../../db/schema/control/health.ts";
import type { HospitalProbe } from "./probe.ts";

/** An online copy that is older than this is a thing to look at: five of its heartbeats. */
const behindAfterSeconds = 5 * 60;

export interface Finding {
  readonly code: HealthAlertCode;
  readonly detail: string;
}

/** What is wrong with a hospital's databases, worst first; empty when all is well. */
// open: pure
export function findingsOf({ primary, copy }: HospitalProbe): readonly Finding[] {
  const found: Finding[] = [];
  if (!primary.reachable)
    found.push({ code: "primary-unreachable", detail: "The hospital's own database does not answer." });
  if (copy !== null && !copy.reachable)
    found.push({
      code: "copy-unreachable",
      detail: "The online copy does not answer. The hospital goes on working.",
    });
  if (primary.parked !== null) found.push({ code: "sync-parked", detail: primary.parked });
  if (copy?.lagSeconds != null && copy.lagSeconds > behindAfterSeconds)
    found.push({
      code: "sync-behind",
      detail: `The online copy is ${Math.round(copy.lagSeconds / 60)} minutes behind.`,
    });
  if (copy?.verifiedEqual === false)
    found.push({ code: "copy-differs", detail: "The last proof found rows on the online copy that differ." });
  return found;
}

/** Codes that a probe says nothing about: what it could not ask is neither raised nor cleared. */
function unknownTo({ primary, copy }: HospitalProbe): ReadonlySet<HealthAlertCode> {
  const codes = new Set<HealthAlertCode>();
  if (!primary.reachable) codes.add("sync-parked");
  if (copy !== null && !copy.reachable)
    for (const code of ["sync-behind", "copy-differs"] as const) codes.add(code);
  return codes;
}

/** Raises what is newly wrong and clears what is over, each once, however many workers look at the same time. */
// open: code of the health job, which has authorized
export async function settleAlerts(
  tx: ControlTx,
  tenantId: string,
  probe: HospitalProbe,
  at: Date,
): Promise<void> {
  const findings = findingsOf(probe);
  const unknown = unknownTo(probe);
  const open = await tx
    .select({ id: healthAlerts.id, code: healthAlerts.code })
    .from(healthAlerts)
    .where(and(eq(healthAlerts.tenantId, tenantId), isNull(healthAlerts.clearedAt)));
  const over = open.filter(
    ({ code }) => !unknown.has(code) && !findings.some((finding) => finding.code === code),
  );
  if (over.length > 0)
    await tx
      .update(healthAlerts)
      .set({ clearedAt: at })
      .where(
        and(
          inArray(
            healthAlerts.id,
            over.map(({ id }) => id),
          ),
          isNull(healthAlerts.clearedAt),
        ),
      );
  if (findings.length > 0)
    await tx
      .insert(healthAlerts)
      .values(findings.map(({ code, detail }) => ({ tenantId, code, detail, raisedAt: at })))
      .onConflictDoUpdate({
        target: [healthAlerts.tenantId, healthAlerts.code],
        targetWhere: isNull(healthAlerts.clearedAt),
        set: { detail: sql`excluded.detail` },
      });
}
