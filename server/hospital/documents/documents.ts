import { and, desc, eq, ilike, isNotNull, isNull, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { documents, files } from "../../../db/schema/hospital/files.ts";
import { auditLook, auditRead } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, notFound } from "../../errors.ts";
import type { FileFolder } from "../../files/folder.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { mustBePatient } from "../clinical/of-patient.ts";
import type { DocumentsQuery } from "./documents.input.ts";

export const documentColumns = {
  id: documents.id,
  patientId: documents.patientId,
  encounterId: documents.encounterId,
  kind: documents.kind,
  title: documents.title,
  fileName: documents.fileName,
  mediaType: files.mediaType,
  bytes: files.bytes,
  sha256: documents.fileSha256,
  createdByName: documents.createdByName,
  createdAt: documents.createdAt,
  updatedAt: documents.updatedAt,
  deletedAt: documents.deletedAt,
  deletedByName: documents.deletedByName,
  version: documents.version,
} as const;

/** A document of a patient, without its content. */
export type Document = Awaited<ReturnType<typeof readDocument>>;

/** One document, of whomever. @throws AppError not-found (404). */
// open: called by rules that have authorized, and that ask for the patient
export async function readDocument(db: HospitalDb, id: string) {
  const [row] = isId(id)
    ? await db
        .select(documentColumns)
        .from(documents)
        .innerJoin(files, eq(files.sha256, documents.fileSha256))
        .where(eq(documents.id, id))
    : [];
  if (row === undefined) throw notFound("document");
  return row;
}

function after(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2);
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || !isId(id)) decodeCursor("", 2);
  return sql`(${documents.createdAt}, ${documents.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/**
 * A patient's documents, the newest first; of a kind, or with some words in the title.
 * @throws AppError not-found (404); forbidden (403) `patient.restricted`; invalid (422) for a cursor of another list.
 */
export async function listDocuments(
  context: HospitalContext,
  patientId: string,
  query: DocumentsQuery = {},
): Promise<PageOf<Document>> {
  authorize(context.actor, "documents:read");
  await mustBePatient(context, patientId);
  const limit = query.limit ?? 20;
  const search = query.search?.trim() ?? "";
  const rows = await context.db
    .select(documentColumns)
    .from(documents)
    .innerJoin(files, eq(files.sha256, documents.fileSha256))
    .where(
      and(
        eq(documents.patientId, patientId),
        query.deleted === true ? isNotNull(documents.deletedAt) : isNull(documents.deletedAt),
        query.kind === undefined ? undefined : eq(documents.kind, query.kind),
        search === "" ? undefined : ilike(documents.title, `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`),
        after(query.cursor),
      ),
    )
    .orderBy(desc(documents.createdAt), desc(documents.id))
    .limit(limit + 1);
  await auditLook(context, patientId, "documents");
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items,
    nextCursor: last === undefined ? null : encodeCursor([last.createdAt.toISOString(), last.id]),
  };
}

/** A document of a patient whose record is open to who asks; of a closed one not even whether it is there is told. */
async function findOf(context: HospitalContext, id: string, patientId?: string): Promise<Document> {
  if (patientId !== undefined) await mustBePatient(context, patientId);
  const document = await readDocument(context.db, id);
  if (patientId === undefined) await mustBePatient(context, document.patientId);
  else if (document.patientId !== patientId) throw notFound("document");
  return document;
}

/** One document, deleted ones too (they say so). @throws AppError not-found (404); forbidden (403) `patient.restricted`. */
export async function getDocument(
  context: HospitalContext,
  id: string,
  patientId?: string,
): Promise<Document> {
  authorize(context.actor, "documents:read");
  const document = await findOf(context, id, patientId);
  await auditLook(context, document.patientId, "documents");
  return document;
}

/** A document with where its content lies. */
export interface Content {
  readonly document: Document;
  readonly path: string;
}

/**
 * What a document holds. That it was looked at is noted before it is shown.
 * @throws AppError not-found (404), also once it is deleted; forbidden (403); unavailable (503) `files.not-here` where
 *   the row is here and its file has not arrived yet.
 */
export async function openDocument(
  context: HospitalContext,
  folder: FileFolder,
  id: string,
  patientId?: string,
): Promise<Content> {
  authorize(context.actor, "documents:read");
  const document = await findOf(context, id, patientId);
  if (document.deletedAt !== null) throw notFound("document");
  const path = await folder.pathOf(document.sha256);
  if (path === null)
    throw new AppError("unavailable", "files.not-here", "This file has not arrived at this server yet.", {
      retryAfterSeconds: 30,
    });
  await auditRead(context, {
    event: "document.viewed",
    ...{ entity: "document", entityId: document.id, patientId: document.patientId },
  });
  return { document, path };
}
