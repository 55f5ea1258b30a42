import { and, desc, eq, sql } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { getPatient } from "./patients.ts";

const columns = {
  id: auditLog.id,
  at: auditLog.at,
  actorName: auditLog.actorName,
  event: auditLog.event,
  reason: auditLog.reason,
  details: auditLog.details,
} as const;

/** One act on a patient's record, as the audit has it. */
export interface PatientEvent {
  readonly id: string;
  readonly at: Date;
  readonly actorName: string;
  readonly event: string;
  readonly reason: string | null;
  /** Names of the fields that the act changed, where it names them. */
  readonly fields: readonly string[];
}

/**
 * Who did what to a patient's record, the latest first.
 * @throws AppError not-found (404); invalid (422) for a cursor that is not of this list; forbidden (403).
 */
export async function listPatientHistory(
  context: HospitalContext,
  patientId: string,
  paging: { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
): Promise<PageOf<PatientEvent>> {
  authorize(context.actor, "patients:read");
  const patient = await getPatient(context, patientId, "history");
  const limit = paging.limit ?? 30;
  const rows = await context.db
    .select(columns)
    .from(auditLog)
    .where(and(eq(auditLog.patientId, patient.id), eq(auditLog.read, false), beyond(paging.cursor)))
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(({ details, ...row }) => ({ ...row, fields: fieldsOf(details) })),
    nextCursor: last === undefined ? null : encodeCursor([last.at.toISOString(), last.id]),
  };
}

function beyond(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2);
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || !isId(id)) decodeCursor("", 2);
  return sql`(${auditLog.at}, ${auditLog.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

function fieldsOf(details: unknown): readonly string[] {
  const fields: unknown =
    typeof details === "object" && details !== null ? Reflect.get(details, "fields") : [];
  return Array.isArray(fields) ? fields.filter((field): field is string => typeof field === "string") : [];
}
