import type { AuditVerdict, BrokenRow } from "../audit/verdict.ts";
import { verifyHospitalAudit, verifyOwnerAudit } from "../bridge/audit.ts";
import { systemOwner } from "../bridge/system-context.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { auditExport } from "./audit-export.ts";
import { auditTrailCommands } from "./audit-trail.ts";
import { asJson, type Command } from "./command.ts";
import { tenantBySubdomain } from "./tenants.ts";

const flag = { type: "boolean", default: false } as const;
const toldAtMost = 20;

function told(row: BrokenRow): string {
  const at = row.at === null ? "" : ` at ${row.at.toISOString()}`;
  return `${row.fault}: row ${row.id ?? "of unknown name"}${at}. ${row.explanation}`;
}

function report(of: string, verdict: AuditVerdict): string {
  const seconds = (verdict.tookMs / 1000).toFixed(1);
  if (verdict.whole) return `The audit of ${of} is whole: ${verdict.rows} rows in ${seconds} s.`;
  const { broken } = verdict;
  return [
    `The audit of ${of} is NOT whole: ${broken.length} of ${verdict.rows} rows. The first:`,
    ...broken.slice(0, toldAtMost).map((row) => `  ${told(row)}`),
    ...(broken.length > toldAtMost ? [`  and ${broken.length - toldAtMost} more; --json tells them.`] : []),
  ].join("\n");
}

const verify: Command = {
  name: "audit:verify",
  summary: "Prove that no row of an audit was altered, removed, moved or added",
  usage: `wardline audit:verify --hospital SUBDOMAIN [--copy] | --owner [--json]

  Walks the chain of a hospital's audit, or of the owner plane's, and compares it with what is known of it
  elsewhere. Exit code 0: whole. 1: not; the first broken row is named.

  --copy   the hospital's online copy instead of its own database
  --json   also tells where each lane of the chain ends: worth keeping elsewhere`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: { type: "string" }, owner: flag, copy: flag });
    const context = systemOwner(services, "command");
    if (given.owner && (given.hospital !== undefined || given.copy))
      throw new UsageError("--owner goes with neither --hospital nor --copy.");
    let of = "the owner plane";
    let verdict: AuditVerdict;
    if (given.owner) verdict = await verifyOwnerAudit(services, context);
    else {
      of = needed("hospital", given.hospital);
      const { id } = await tenantBySubdomain(context, services, of);
      verdict = await verifyHospitalAudit(services, context, id, given.copy ? "copy" : "primary");
    }
    io.out(given.json ? asJson({ audit: given.owner ? "owner" : of, ...verdict }) : report(of, verdict));
    return verdict.whole ? 0 : 1;
  },
};

export const auditCommands: readonly Command[] = [...auditTrailCommands, auditExport, verify];
