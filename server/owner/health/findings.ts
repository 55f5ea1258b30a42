import type { HealthAlertCode } from "../../../db/schema/control/health.ts";
import type { HospitalProbe, SideProbe } from "./probe.ts";
import type { Thresholds } from "./thresholds.ts";

export interface Finding {
  readonly code: HealthAlertCode;
  readonly detail: string;
}

/** What is noted, rather than measured, is so at the first look. */
export const certain: ReadonlySet<HealthAlertCode> = new Set(["copy-differs", "sync-parked", "proof-old"]);

/** An alert that is open ends well below the limit that raised it. */
const band = 0.8;
const gigabyte = 1e9;

/** What is wrong with a hospital's databases, worst first; empty when all is well. */
// open: pure
export function findingsOf(
  { primary, copy }: HospitalProbe,
  limits: Thresholds,
  open: ReadonlySet<HealthAlertCode>,
  now: Date,
): readonly Finding[] {
  const found: Finding[] = [];
  const add = (code: HealthAlertCode, detail: string) => found.push({ code, detail });
  const over = (code: HealthAlertCode, value: number | null | undefined, limit: number) =>
    typeof value === "number" && value > (open.has(code) ? limit * band : limit);
  if (primary === null) add("no-report", "Nothing was heard of the hospital's own server.");
  else if (!primary.reachable) add("primary-unreachable", "The hospital's own database does not answer.");
  if (copy?.verifiedEqual === false)
    add("copy-differs", "The last proof found rows on the online copy that differ.");
  if (primary?.parked) add("sync-parked", primary.parked);
  if (copy?.reachable === false)
    add("copy-unreachable", "The online copy does not answer. The hospital goes on working.");
  if (over("sync-behind", copy?.lagSeconds, limits.lagSeconds))
    add("sync-behind", `The online copy is ${Math.round((copy?.lagSeconds ?? 0) / 60)} minutes behind.`);
  else if (copy !== null && over("sync-behind", primary?.lagRows, limits.lagRows))
    add("sync-behind", `${primary?.lagRows} rows are not on the online copy yet.`);
  if (primary?.reachable && copy?.reachable && primary.schemaVersion !== copy.schemaVersion && known(primary))
    add(
      "schema-differs",
      `The tables are at ${primary.schemaVersion}, the copy's at ${copy.schemaVersion ?? "none"}.`,
    );
  else if (primary?.reachable && primary.heardAt === null && primary.schemaVersion === null)
    add("schema-differs", "The hospital's tables are not where they should be.");
  const proof = copy?.lastVerifiedAt ?? null;
  if (proof !== null && now.getTime() - proof.getTime() > limits.proofHours * 3_600_000)
    add("proof-old", "The two databases have not been proved equal for a while.");
  for (const side of [primary, copy])
    if (side !== null && over("connections-high", share(side), limits.connectionPercent)) {
      add(
        "connections-high",
        `${side.connections} of ${side.connectionLimit} connections of a server are in use.`,
      );
      break;
    }
  if (over("primary-slow", primary?.latencyMs, limits.latencyMs))
    add("primary-slow", "The hospital's own database answers slowly.");
  if (over("copy-slow", copy?.latencyMs, limits.latencyMs))
    add("copy-slow", "The online copy answers slowly.");
  if (
    limits.sizeGigabytes !== null &&
    over("size-large", primary?.sizeBytes, limits.sizeGigabytes * gigabyte)
  )
    add("size-large", `The hospital's database holds more than ${limits.sizeGigabytes} GB.`);
  return found;
}

const known = (side: SideProbe) => side.schemaVersion !== null;

function share({ connections, connectionLimit }: SideProbe): number | null {
  return connections === null || !connectionLimit ? null : (connections / connectionLimit) * 100;
}

/** What a look says nothing about: that is neither raised nor cleared. */
// open: pure
export function unknownTo({ primary, copy }: HospitalProbe): ReadonlySet<HealthAlertCode> {
  const codes = new Set<HealthAlertCode>();
  const add = (...more: HealthAlertCode[]) => {
    for (const code of more) codes.add(code);
  };
  if (primary === null) add("primary-unreachable");
  if (primary?.reachable !== true) add("sync-parked", "primary-slow", "schema-differs", "size-large");
  if (copy?.reachable === false)
    add("sync-behind", "copy-differs", "copy-slow", "schema-differs", "proof-old");
  if (primary?.reachable !== true && copy?.reachable !== true) add("connections-high");
  return codes;
}
