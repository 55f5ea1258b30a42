import { and, asc, desc, eq, gt, lt, or } from "drizzle-orm";
import { importRunErrors, importRunFiles, importRuns } from "../../../db/schema/hospital/import-runs.ts";
import { authorize } from "../../auth/permissions.ts";
import { csvCell } from "../../csv.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { findImport, type ImportRun } from "./imports.ts";

export type ImportFile = typeof importRunFiles.$inferSelect;

/** Why a record, or a file (`entry` is null), was refused. */
export interface ReportedError {
  readonly entry: number | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** One line of the error report, with the file it is about. */
export interface ImportError extends ReportedError {
  readonly id: string;
  readonly file: string;
}

export interface PageQuery {
  /** Rows, 1 to 100; 20 unless given. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The imports of this hospital, the latest first. @throws AppError forbidden (403), invalid (422) for a foreign cursor. */
export async function listImports(
  context: HospitalContext,
  query: PageQuery = {},
): Promise<PageOf<ImportRun>> {
  authorize(context.actor, "patients:import");
  const limit = query.limit ?? 20;
  const rows = await context.db
    .select()
    .from(importRuns)
    .where(query.cursor === undefined ? undefined : olderThan(query.cursor))
    .orderBy(desc(importRuns.createdAt), desc(importRuns.id))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? encodeCursor([last.createdAt.toISOString(), last.id]) : null };
}

function olderThan(cursor: string) {
  const [at, id] = decodeCursor(cursor, 2).map(String);
  const when = new Date(at ?? "");
  if (id === undefined || !isId(id) || Number.isNaN(when.getTime())) return eq(importRuns.filesTotal, -1);
  return or(lt(importRuns.createdAt, when), and(eq(importRuns.createdAt, when), lt(importRuns.id, id)));
}

/** The files of one import, in their order. @throws AppError forbidden (403), not-found (404). */
export async function listImportFiles(
  context: HospitalContext,
  importId: string,
): Promise<readonly ImportFile[]> {
  authorize(context.actor, "patients:import");
  await findImport(context, importId);
  return context.db
    .select()
    .from(importRunFiles)
    .where(eq(importRunFiles.runId, importId))
    .orderBy(asc(importRunFiles.position));
}

/**
 * The error report of one import, file by file and record by record. The first 1,000 errors of a file are kept;
 * its `errorCount` says how many there were.
 * @throws AppError forbidden (403), not-found (404), invalid (422) for a foreign cursor.
 */
export async function listImportErrors(
  context: HospitalContext,
  importId: string,
  query: PageQuery = {},
): Promise<PageOf<ImportError>> {
  authorize(context.actor, "patients:import");
  await findImport(context, importId);
  const limit = query.limit ?? 20;
  const rows = await context.db
    .select({
      id: importRunErrors.id,
      file: importRunFiles.name,
      entry: importRunErrors.entry,
      resourceType: importRunErrors.resourceType,
      resourceId: importRunErrors.resourceId,
      field: importRunErrors.field,
      code: importRunErrors.code,
      message: importRunErrors.message,
      filePosition: importRunFiles.position,
      position: importRunErrors.position,
    })
    .from(importRunErrors)
    .innerJoin(importRunFiles, eq(importRunFiles.id, importRunErrors.fileId))
    .where(
      and(eq(importRunErrors.runId, importId), query.cursor === undefined ? undefined : after(query.cursor)),
    )
    .orderBy(asc(importRunFiles.position), asc(importRunErrors.position))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined ? encodeCursor([last.filePosition, last.position]) : null;
  return { items: items.map(({ filePosition: _, position: __, ...error }) => error), nextCursor };
}

function after(cursor: string) {
  const [file, position] = decodeCursor(cursor, 2).map(Number);
  if (!Number.isSafeInteger(file) || !Number.isSafeInteger(position)) return eq(importRunErrors.position, -1);
  return or(
    gt(importRunFiles.position, file ?? 0),
    and(eq(importRunFiles.position, file ?? 0), gt(importRunErrors.position, position ?? 0)),
  );
}

/** Every file of an import with its errors: what the command line prints. @throws AppError forbidden (403), not-found (404). */
export async function listFileReports(
  context: HospitalContext,
  importId: string,
): Promise<readonly (ImportFile & { readonly errors: readonly ReportedError[] })[]> {
  authorize(context.actor, "patients:import");
  const files = await listImportFiles(context, importId);
  const errors = await context.db
    .select()
    .from(importRunErrors)
    .where(eq(importRunErrors.runId, importId))
    .orderBy(asc(importRunErrors.position));
  return files.map((file) => ({ ...file, errors: errors.filter(({ fileId }) => fileId === file.id) }));
}

const reportBatch = 1_000;
const reportColumns = ["file", "entry", "resourceType", "resourceId", "field", "code", "message"] as const;

/** The error report as CSV (RFC 4180), in pieces. @throws AppError forbidden (403), not-found (404). */
export async function importErrorsCsv(
  context: HospitalContext,
  importId: string,
): Promise<AsyncGenerator<string>> {
  authorize(context.actor, "patients:import");
  await findImport(context, importId);
  return csvPieces(context, importId);
}

async function* csvPieces(context: HospitalContext, importId: string): AsyncGenerator<string> {
  yield `${reportColumns.join(",")}\r\n`;
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await listImportErrors(context, importId, { limit: reportBatch, cursor });
    if (items.length > 0)
      yield `${items.map((row) => reportColumns.map((column) => csvCell(row[column])).join(",")).join("\r\n")}\r\n`;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
