import { and, desc, eq, getTableColumns, getTableName, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { encounters } from "../../../db/schema/hospital/encounters.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { auditLook } from "../../audit/reads.ts";
import { notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requirePatientAccess } from "../privacy/access.ts";

/** Which part of a patient's entries: `limit` rows, 1 to 100, from where `cursor` says. */
export interface EntriesQuery {
  readonly limit?: number;
  readonly cursor?: string | undefined;
}

/** A table of entries, each of one patient and with the time it is listed by. */
export type EntryTable = PgTable & {
  readonly id: PgColumn;
  readonly patientId: PgColumn;
  readonly at: PgColumn;
};

/**
 * @throws AppError not-found where the hospital has no such patient, or has deleted them; forbidden
 *   `patient.restricted` where the record is not for who asks.
 */
// open: called by rules that have authorized
export async function mustBePatient(context: HospitalContext, patientId: string): Promise<void> {
  const [row] = await context.db
    .select({ id: patients.id, mrn: patients.mrn, restricted: patients.restricted })
    .from(patients)
    .where(and(eq(patients.id, patientId), isNull(patients.deletedAt)));
  if (row === undefined) throw notFound("patient");
  await requirePatientAccess(context.db, context, row);
}

/** Where the rows after a cursor begin: by time, the latest first, those without a time last. */
function after(table: EntryTable, cursor: string): SQL | undefined {
  const [at, id] = decodeCursor(cursor, 2);
  if (!isId(id) || (at !== null && Number.isNaN(Date.parse(String(at))))) return sql`false`;
  if (at === null) return and(isNull(table.at), lt(table.id, id));
  const when = new Date(String(at));
  return or(lt(table.at, when), and(eq(table.at, when), lt(table.id, id)), isNull(table.at));
}

/**
 * One page of a patient's entries of one kind, the latest first.
 * @throws AppError invalid (422) for a cursor of another list.
 */
// open: called by rules that have authorized
export async function pageOfPatient<Table extends EntryTable>(
  context: HospitalContext,
  table: Table,
  patientId: string,
  query: EntriesQuery = {},
  further?: SQL,
): Promise<PageOf<Table["$inferSelect"]>> {
  const limit = query.limit ?? 20;
  // Any table of entries reads like this one; which one it is, the caller knows.
  const entries = table as unknown as typeof encounters;
  const rows = (await context.db
    .select(getTableColumns(table) as unknown as ReturnType<typeof getTableColumns<typeof encounters>>)
    .from(entries)
    .where(
      and(
        eq(table.patientId, patientId),
        query.cursor === undefined ? undefined : after(table, query.cursor),
        further,
      ),
    )
    .orderBy(sql`${desc(table.at)} nulls last`, desc(table.id))
    .limit(limit + 1)) as unknown as (Table["$inferSelect"] & {
    readonly id: string;
    readonly at: Date | null;
  })[];
  await auditLook(context, patientId, getTableName(table));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined
      ? encodeCursor([last.at?.toISOString() ?? null, last.id])
      : null;
  return { items, nextCursor };
}
