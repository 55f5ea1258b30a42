import { and, eq } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { documents } from "../../../db/schema/hospital/files.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { FileFolder } from "../../files/folder.ts";
import { mediaTypeOf } from "../../files/media.ts";
import { sha256Of } from "../../files/piece.ts";
import { nameFile } from "../../files/rows.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { mustBePatient } from "../clinical/of-patient.ts";
import { type GivenDocument, refuseTooLarge, type UploadInput } from "./documents.input.ts";
import { type Document, readDocument } from "./documents.ts";
import { lockPatientInUse } from "./in-use.ts";

const namesAtMost = 200;

/** A file's own name, without folders and without what turns text round or hides in it. */
function plainName(given: string): string {
  const last = given.normalize("NFC").split(/[\\/]/).at(-1) ?? "";
  const name = last
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .trim();
  return name.slice(-namesAtMost) || "file";
}

const withoutEnding = (name: string): string => name.replace(/\.[A-Za-z0-9]{1,5}$/, "").trim() || name;

async function requireVisitOf(db: HospitalDb, patientId: string, encounterId: string | undefined) {
  if (encounterId === undefined) return;
  const [visit] = await db
    .select({ id: encounters.id })
    .from(encounters)
    .where(and(eq(encounters.id, encounterId), eq(encounters.patientId, patientId)));
  if (visit === undefined) throw invalidField("encounterId", "not-found", "This patient has no such visit.");
}

/**
 * Puts a scan, picture, letter or text into a patient's record: PDF, PNG, JPEG, WebP or plain text of 25 MB at most,
 * judged by what is in it. It is on disk before it is said to be there.
 * @throws AppError not-found (404); invalid (422) naming `file`, `encounterId`; conflict (409) `patient.deleted`;
 *   forbidden (403) `patient.restricted`; unavailable (503) `files.no-room`.
 */
export async function addDocument(
  context: HospitalContext,
  folder: FileFolder,
  patientId: string,
  { content, fileName }: GivenDocument,
  { kind, title, encounterId }: UploadInput,
): Promise<Document> {
  authorize(context.actor, "documents:write");
  await mustBePatient(context, patientId);
  await requireVisitOf(context.db, patientId, encounterId);
  refuseTooLarge(content.length);
  const mediaType = mediaTypeOf(content);
  if (mediaType === null)
    throw invalidField("file", "wrong-file-type", "Send a PDF, a picture (PNG, JPEG, WebP) or plain text.");
  const file = { sha256: sha256Of(content), bytes: content.length };
  await folder.keep(file, content);
  const name = plainName(fileName);
  const now = context.clock.now();
  const id = Bun.randomUUIDv7();
  return context.write(async (tx) => {
    await lockPatientInUse(tx, context, patientId);
    await nameFile(tx, folder, { ...file, mediaType }, now);
    await tx.insert(documents).values({
      ...{ id, patientId, encounterId: encounterId ?? null, kind, fileSha256: file.sha256, fileName: name },
      title: (title?.trim() || withoutEnding(name)).slice(0, namesAtMost),
      ...{ createdBy: staffIdOf(context.actor), createdByName: context.actor.name },
      ...{ createdAt: now, updatedAt: now },
    });
    await audit(tx, context, {
      ...{ event: "document.added", entity: "document", entityId: id, patientId },
      details: { kind, mediaType, bytes: file.bytes },
    });
    return readDocument(tx, id);
  });
}
