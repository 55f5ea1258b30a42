import { t } from "elysia";
import type { AuditRow } from "../audit/list.ts";
import { auditFilter } from "../hospital/audit/audit-log.input.ts";
import { listAuditLog, listPatientAccess } from "../hospital/audit/audit-log.ts";
import { ownerAuditFilter } from "../owner/audit/owner-audit.input.ts";
import { listOwnerAudit } from "../owner/audit/owner-audit.ts";
import { findTenant } from "../owner/tenants/tenants-list.ts";
import type { PageOf } from "../paging.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { choice, needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, listed } from "./command.ts";
import { recordIdOf } from "./find-record.ts";
import { checked } from "./options.ts";
import { insideHospital, placeOf, placeOptions } from "./place.ts";
import { tenantBySubdomain } from "./tenants.ts";

const text = { type: "string" } as const;
const kinds = ["look", "change"] as const;

/** Options that say which rows of an audit. */
export const filterOptions = {
  ...placeOptions,
  ...{ person: text, event: text, from: text, to: text, search: text },
  ...{ patient: text, kind: text, about: text },
} as const;

export const filterUsage = `--person WHO       part of the name or the address of who acted
  --event EVENT      such as patient.viewed
  --from DAY         the first day, as 2027-01-31: in the hospital's zone, of the owner plane in UTC
  --to DAY           the last day
  --search WORDS     words of a reason, or what a change names
  --patient MRN      a hospital's: rows that concern this record
  --kind KIND        a hospital's: look or change
  --about SUBDOMAIN  the owner plane's: rows that concern this hospital`;

type Filter = ReturnType<typeof readArguments<typeof filterOptions>>;

/** Whose audit, and which rows of it. @throws UsageError; AppError not-found, invalid naming the fields. */
export async function rowsAsked(services: Services, given: Filter) {
  const { person, event, from, to, search, patient, about } = given;
  const kind = choice("kind", given.kind, kinds);
  if (given.owner && (patient !== undefined || kind !== undefined))
    throw new UsageError("--owner goes with neither --patient nor --kind.");
  if (!given.owner && about !== undefined) throw new UsageError("--about goes with --owner.");
  const both = { person, event, from, to, search };
  const at = await placeOf(services, given);
  if (at.side === "hospital")
    return { ...at, query: checked(t.Object(auditFilter), { ...both, patient, kind }) };
  const hospital =
    about === undefined ? undefined : (await tenantBySubdomain(at.context, services, about)).id;
  return { ...at, query: checked(t.Object(ownerAuditFilter), { ...both, hospital }) };
}

const pageOf = 100;
const listedAtMost = 10_000;

function limitOf(given: string | undefined): number {
  const limit = Number(given ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > listedAtMost)
    throw new UsageError(`--limit is a whole number from 1 to ${listedAtMost}.`);
  return limit;
}

/** The first rows of a list, page after page; `more` says whether it goes on. */
async function firstOf<Row>(
  limit: number,
  read: (paging: { readonly limit: number; readonly cursor: string | undefined }) => Promise<PageOf<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly more: boolean }> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: Math.min(pageOf, limit - rows.length), cursor });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < limit);
  return { rows, more: cursor !== undefined };
}

const oneLine = (words: string | null) => (words ?? "").replace(/\s+/g, " ");

const told = (row: AuditRow, concerns: readonly string[]): readonly string[] => [
  ...[row.at.toISOString(), row.actorName, row.event, ...concerns],
  ...[oneLine(row.reason), row.address ?? ""],
];

const headed = (rows: readonly (readonly string[])[], concerns: readonly string[], more: boolean) => {
  const header = ["WHEN", "WHO", "EVENT", ...concerns, "REASON", "FROM"];
  const list = listed(header, rows, "There are no such rows.");
  return more ? `${list}\nThere are more; --limit says how many are shown.` : list;
};

/** Hospitals as they are named on the command line, by their ids. */
async function subdomainsOf(context: OwnerContext, rows: readonly AuditRow[]) {
  const ids = [...new Set(rows.flatMap((row) => row.subjectId ?? []))];
  const found = await Promise.all(ids.map((id) => findTenant(context, id)));
  return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, one.subdomain]])));
}

const list: Command = {
  name: "audit:list",
  summary: "List who looked at what and who changed what",
  usage: `wardline audit:list --hospital SUBDOMAIN | --owner [options]

  The latest first. All that is given must hold.

  ${filterUsage}
  --limit N          how many rows, to ${listedAtMost} (100)
  --json             answer as JSON, with what each row names`,
  async run(services, args, io) {
    const given = readArguments(args, { ...filterOptions, limit: text });
    const limit = limitOf(given.limit);
    const asked = await rowsAsked(services, given);
    if (asked.side === "hospital") {
      const { context, query } = asked;
      const { rows, more } = await firstOf(limit, (paging) => listAuditLog(context, { ...query, ...paging }));
      const all = rows.map(({ subjectId, ...row }) => ({ ...row, patientId: subjectId }));
      const lines = rows.map((row) => told(row, [row.mrn ?? ""]));
      io.out(given.json ? asJson(all) : headed(lines, ["RECORD"], more));
      return 0;
    }
    const { context, query } = asked;
    const { rows, more } = await firstOf(limit, (paging) => listOwnerAudit(context, { ...query, ...paging }));
    if (given.json) {
      io.out(asJson(rows.map(({ subjectId, ...row }) => ({ ...row, tenantId: subjectId }))));
      return 0;
    }
    const names = await subdomainsOf(context, rows);
    const lines = rows.map((row) => told(row, [names.get(row.subjectId ?? "") ?? ""]));
    io.out(headed(lines, ["HOSPITAL"], more));
    return 0;
  },
};

const seenBy: Command = {
  name: "records:seen-by",
  summary: "List who has seen or changed one record",
  usage: `wardline records:seen-by --hospital SUBDOMAIN --patient MRN [--kind KIND] [--limit N] [--json]

  The latest first; a deleted patient's too. Lists in which the record stood among others are not told.

  --kind KIND  look or change (both)
  --limit N    how many rows, to ${listedAtMost} (100)`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text, kind: text, limit: text });
    const kind = choice("kind", given.kind, kinds);
    const limit = limitOf(given.limit);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await recordIdOf(context, needed("patient", given.patient));
    const { rows, more } = await firstOf(limit, (paging) =>
      listPatientAccess(context, id, { ...paging, kind }),
    );
    const all = rows.map(({ subjectId, ...row }) => ({ ...row, patientId: subjectId }));
    const lines = rows.map((row) => told(row, []));
    io.out(given.json ? asJson(all) : headed(lines, [], more));
    return 0;
  },
};

export const auditTrailCommands: readonly Command[] = [list, seenBy];
