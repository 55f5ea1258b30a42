import { type Static, t } from "elysia";
import { documentKinds, mediaTypes } from "../../../db/schema/hospital/files.ts";
import { invalidField } from "../../errors.ts";
import { line, oneOf, pagingQuery, searchText, uuid } from "../../input.ts";

export const ofPatient = t.Object({ id: uuid() });
export const ofDocument = t.Object({ id: uuid() });
export const ofPatientsDocument = t.Object({ id: uuid(), documentId: uuid() });

const title = () => line(200, { description: "Left out: the file's name." });

/** What goes with an uploaded file. */
export const uploadInput = t.Object({
  kind: oneOf(documentKinds),
  title: t.Optional(title()),
  encounterId: t.Optional(uuid()),
});
export type UploadInput = Static<typeof uploadInput>;

export const changeDocumentInput = t.Object({
  kind: t.Optional(oneOf(documentKinds)),
  title: t.Optional(line(200)),
});
export type ChangeDocumentInput = Static<typeof changeDocumentInput>;

const filters = {
  kind: t.Optional(oneOf(documentKinds)),
  search: t.Optional(searchText(200, "Part of the title.")),
  deleted: t.Optional(t.Boolean({ description: "Those that were deleted, instead of those in use." })),
};
export const documentsQuery = t.Object({ ...pagingQuery, ...filters });
export type DocumentsQuery = Static<typeof documentsQuery>;

const maybeText = t.Nullable(t.String());
const instant = t.String({ format: "date-time" });
export const documentRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    patientId: t.String({ format: "uuid" }),
    encounterId: t.Nullable(t.String({ format: "uuid" })),
    kind: oneOf(documentKinds),
    title: t.String(),
    fileName: t.String(),
    mediaType: oneOf(mediaTypes),
    bytes: t.Integer(),
    sha256: t.String(),
    createdByName: t.String(),
    createdAt: instant,
    updatedAt: instant,
    deletedAt: t.Nullable(instant),
    deletedByName: maybeText,
    version: t.Integer(),
  },
  { title: "Document" },
);

/** A file as it was sent. */
export interface GivenDocument {
  readonly fileName: string;
  readonly content: Uint8Array;
}

/** The file of a form's field `file`. @throws AppError invalid (422) naming it; too-large (413). */
export async function documentOf(body: unknown): Promise<GivenDocument> {
  const given: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "file") : undefined;
  const one: unknown = Array.isArray(given) ? given[0] : given;
  if (!(one instanceof File) || (one.size === 0 && one.name === ""))
    throw invalidField("file", "not-a-file", "Choose a file.");
  refuseTooLarge(one.size);
  // The three signs that forms write otherwise in a name (HTML, multipart/form-data encoding).
  const fileName = one.name.replaceAll("%22", '"').replaceAll(/%0[DA]/g, " ");
  return { fileName, content: new Uint8Array(await one.arrayBuffer()) };
}

const largestBytes = 25 * 1024 * 1024;

/** @throws AppError invalid (422) naming `file` beyond 25 MB. */
export function refuseTooLarge(bytes: number): void {
  if (bytes > largestBytes) throw invalidField("file", "file-too-large", "A file may have 25 MB at most.");
}

/** Reads an upload where it is a form; any other body is left unread, so that a stranger hears first that they are one. */
export async function parseDocumentForm(
  { request }: { request: Request },
  contentType: string,
): Promise<unknown> {
  if (!contentType.startsWith("multipart/form-data")) return {};
  return Object.fromEntries(await request.formData());
}
