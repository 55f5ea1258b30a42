import { eq, inArray, sql } from "drizzle-orm";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { auditFile, type ExportFormat } from "../../audit/export.ts";
import { type AuditFilter, type AuditPaging, type AuditRow, listAudit, walkAudit } from "../../audit/list.ts";
import { hospitalAudit } from "../../audit/planes.ts";
import { auditRead, writeLooks } from "../../audit/reads.ts";
import { authorize, departmentScope } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { normalizeMrn } from "../patients/mrn.ts";
import { getPatient } from "../patients/patients.ts";
import { startOfDay } from "../patients/zone-days.ts";

export interface AuditQuery extends AuditPaging {
  readonly person?: string | undefined;
  readonly patient?: string | undefined;
  readonly event?: string | undefined;
  readonly kind?: "look" | "change" | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly search?: string | undefined;
}

/** A row, with the number of the record that it concerns. */
export type HospitalAuditRow = AuditRow & { readonly mrn: string | null };

const nobody = "00000000-0000-0000-0000-000000000000";
const peopleAtMost = 20;

/** The audit is of the whole hospital, and so is the right to it. @throws AppError forbidden (403). */
function requireWholeHospital(context: HospitalContext): void {
  if (departmentScope(context.actor) !== null)
    throw new AppError(
      "forbidden",
      "audit.whole-hospital",
      "The audit is of the whole hospital; your rights are for your departments.",
    );
}

/**
 * Who looked at what and who changed what, the latest first.
 * @throws AppError forbidden (403); invalid (422) for a cursor that is not of this list.
 */
export async function listAuditLog(
  context: HospitalContext,
  query: AuditQuery = {},
): Promise<PageOf<HospitalAuditRow>> {
  authorize(context.actor, "audit:read");
  requireWholeHospital(context);
  await writeLooks(context.hospital.id);
  const page = await listAudit(context.db, hospitalAudit, await filterOf(context, query), query);
  await auditRead(context, {
    ...{ event: "audit.viewed", entity: "audit", entityId: null },
    details: { shown: page.items.length },
  });
  return { ...page, items: await withNumbers(context, page.items) };
}

/**
 * Who has seen or changed one patient's record, the latest first. Lists and exports in which the record stood among
 * others are rows of their own, without a patient.
 * @throws AppError not-found (404); forbidden (403).
 */
export async function listPatientAccess(
  context: HospitalContext,
  patientId: string,
  paging: AuditPaging & Pick<AuditQuery, "kind"> = {},
): Promise<PageOf<AuditRow>> {
  authorize(context.actor, "audit:read");
  requireWholeHospital(context);
  const patient = await getPatient(context, patientId, "access");
  await writeLooks(context.hospital.id);
  const filter = await filterOf(context, { kind: paging.kind });
  return listAudit(context.db, hospitalAudit, { ...filter, subjectId: patient.id }, paging);
}

/**
 * The rows of a filter as a file, in pieces. That it was exported is on record before the first piece.
 * @throws AppError forbidden (403).
 */
export async function exportAuditLog(
  context: HospitalContext,
  query: Omit<AuditQuery, keyof AuditPaging>,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  authorize(context.actor, "audit:export");
  authorize(context.actor, "audit:read");
  requireWholeHospital(context);
  const filter = await filterOf(context, query);
  const { search, person, ...told } = query;
  await writeLooks(context.hospital.id);
  await context.write((tx) =>
    audit(tx, context, {
      event: "audit.exported",
      entity: "audit",
      entityId: null,
      details: { ...told, format, searched: search !== undefined || person !== undefined },
    }),
  );
  return auditFile(walkAudit(context.db, hospitalAudit, filter), format, "patientId");
}

async function filterOf(context: HospitalContext, query: AuditQuery): Promise<AuditFilter> {
  const zone = context.hospital.timeZone;
  const { person, patient } = query;
  const text = query.search?.trim();
  return {
    ...(person === undefined || person.trim() === ""
      ? {}
      : { actorIds: await peopleOf(context, person.trim()) }),
    ...(patient === undefined || patient.trim() === ""
      ? {}
      : { subjectId: await patientOf(context, patient.trim()) }),
    ...(query.event === undefined ? {} : { event: query.event }),
    ...(query.kind === undefined ? {} : { read: query.kind === "look" }),
    ...(query.from === undefined ? {} : { from: startOfDay(zone, query.from) }),
    ...(query.to === undefined ? {} : { until: startOfDay(zone, dayAfter(query.to)) }),
    ...(text === undefined || text === "" ? {} : { text }),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** Those of the staff whose name or address holds the words; or whoever has that very id. */
async function peopleOf(context: HospitalContext, person: string): Promise<readonly string[]> {
  if (isId(person)) return [person];
  const like = `%${person.replace(/[\\%_]/g, "\\$&")}%`;
  const rows = await context.db
    .select({ id: users.id })
    .from(users)
    .where(sql`${users.name} ilike ${like} or ${users.email} ilike ${like}`)
    .orderBy(users.name)
    .limit(peopleAtMost);
  return rows.map((row) => row.id);
}

async function patientOf(context: HospitalContext, patient: string): Promise<string> {
  if (isId(patient)) return patient;
  const [row] = await context.db
    .select({ id: patients.id })
    .from(patients)
    .where(eq(patients.mrn, normalizeMrn(patient)));
  return row?.id ?? nobody;
}

/** Record numbers, and no names: a number tells who it is only to those who may look the record up. */
async function withNumbers(
  context: HospitalContext,
  rows: readonly AuditRow[],
): Promise<readonly HospitalAuditRow[]> {
  const ids = [...new Set(rows.flatMap((row) => row.subjectId ?? []))];
  const found =
    ids.length === 0
      ? []
      : await context.db
          .select({ id: patients.id, mrn: patients.mrn })
          .from(patients)
          .where(inArray(patients.id, ids));
  const mrnOf = new Map(found.map(({ id, mrn }) => [id, mrn]));
  return rows.map((row) => ({
    ...row,
    mrn: row.subjectId === null ? null : (mrnOf.get(row.subjectId) ?? null),
  }));
}
