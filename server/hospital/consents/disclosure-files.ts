import { createReadStream } from "node:fs";
import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { consents } from "../../../db/schema/hospital/consents.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { documents, files } from "../../../db/schema/hospital/files.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { observationComponents, observations } from "../../../db/schema/hospital/observations.ts";
import { patientIdentifiers } from "../../../db/schema/hospital/patient-identifiers.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { glassBreaks } from "../../../db/schema/hospital/privacy.ts";
import { procedures } from "../../../db/schema/hospital/procedures.ts";
import { csvCell } from "../../csv.ts";
import type { FileFolder } from "../../files/folder.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

const tables = {
  Identifier: patientIdentifiers,
  Encounter: encounters,
  Condition: conditions,
  Observation: observations,
  AllergyIntolerance: allergies,
  MedicationRequest: medications,
  Immunization: immunizations,
  Procedure: procedures,
  Consent: consents,
  EmergencyAccess: glassBreaks,
  DocumentReference: documents,
} as const;

const batch = 1000;

/** A file of the archive; what is in it is read as it is sent. */
export interface ArchivedFile {
  readonly name: string;
  readonly lastModified: Date;
  readonly input: AsyncIterable<Uint8Array> | string;
}

/**
 * Everything held of one patient, file by file: JSON lines a kind, the documents as they came, a CSV of who has seen
 * and changed the record, a manifest, and last the checksums of all before it.
 */
// open: part of a disclosure, which has authorized
export async function* filesOf(
  context: HospitalContext,
  folder: FileFolder,
  id: string,
  about: Readonly<Record<string, string>>,
): AsyncGenerator<ArchivedFile> {
  const lastModified = context.clock.now();
  const sums: { name: string; sha256: string; bytes: number }[] = [];
  const file = (name: string, lines: AsyncIterable<string | Uint8Array>): ArchivedFile => ({
    ...{ name, lastModified, input: summed(name, lines, sums) },
  });
  yield file("Patient.ndjson", patientLines(context, id));
  for (const [kind, table] of Object.entries(tables))
    yield file(`${kind}.ndjson`, rowLines(context, kind, table as typeof encounters, id));
  yield file("ObservationComponent.ndjson", componentLines(context, id));
  for await (const { name, path } of documentFiles(context, folder, id))
    yield file(name, createReadStream(path));
  yield file("access.csv", accessLines(context, id));
  const manifest = {
    ...about,
    madeAt: lastModified.toISOString(),
    madeBy: context.actor.name,
    files: [...sums],
  };
  yield file("manifest.json", once(JSON.stringify(manifest, null, 2)));
  const list = sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
  yield { name: "SHA256SUMS", lastModified, input: list };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* summed(
  name: string,
  lines: AsyncIterable<string | Uint8Array>,
  sums: { name: string; sha256: string; bytes: number }[],
): AsyncGenerator<Uint8Array> {
  const hasher = new Bun.CryptoHasher("sha256");
  const encoder = new TextEncoder();
  let bytes = 0;
  for await (const line of lines) {
    const chunk = typeof line === "string" ? encoder.encode(line) : line;
    hasher.update(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  sums.push({ name, sha256: hasher.digest("hex"), bytes });
}

async function* patientLines({ db }: HospitalContext, id: string): AsyncGenerator<string> {
  const [row] = await db.select().from(patients).where(eq(patients.id, id));
  if (row !== undefined) yield `${JSON.stringify({ resourceType: "Patient", ...row })}\n`;
}

/** Any table of rows of a patient reads like this one; which it is, the caller knows. */
async function* rowLines(
  { db }: HospitalContext,
  resourceType: string,
  table: typeof encounters,
  id: string,
): AsyncGenerator<string> {
  let last: string | null = null;
  for (;;) {
    const rows: { id: string }[] = await db
      .select()
      .from(table)
      .where(and(eq(table.patientId, id), last === null ? undefined : gt(table.id, last)))
      .orderBy(asc(table.id))
      .limit(batch);
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify({ resourceType, ...row })}\n`).join("");
    const end = rows.at(-1);
    if (end === undefined || rows.length < batch) return;
    last = end.id;
  }
}

const endings = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "text/plain": "txt",
} as const;

/** The documents in use whose files are here, named by their ids; the lines of `DocumentReference` tell what each is. */
async function* documentFiles(
  { db }: HospitalContext,
  folder: FileFolder,
  patientId: string,
): AsyncGenerator<{ readonly name: string; readonly path: string }> {
  const rows = await db
    .select({ id: documents.id, sha256: documents.fileSha256, mediaType: files.mediaType })
    .from(documents)
    .innerJoin(files, eq(files.sha256, documents.fileSha256))
    .where(and(eq(documents.patientId, patientId), isNull(documents.deletedAt)))
    .orderBy(asc(documents.id));
  for (const { id, sha256, mediaType } of rows) {
    const path = await folder.pathOf(sha256);
    if (path !== null) yield { name: `documents/${id}.${endings[mediaType]}`, path };
  }
}

async function* componentLines({ db }: HospitalContext, id: string): AsyncGenerator<string> {
  const rows = await db
    .select({ component: observationComponents })
    .from(observationComponents)
    .innerJoin(observations, eq(observations.id, observationComponents.observationId))
    .where(eq(observations.patientId, id))
    .orderBy(asc(observationComponents.id));
  for (const { component } of rows)
    yield `${JSON.stringify({ resourceType: "ObservationComponent", ...component })}\n`;
}

const accessColumns = ["at", "actorKind", "actorName", "event", "reason"] as const;

async function* accessLines({ db }: HospitalContext, id: string): AsyncGenerator<string> {
  yield `${accessColumns.join(",")}\r\n`;
  let last: { at: Date; id: string } | null = null;
  for (;;) {
    const rows: Pick<typeof auditLog.$inferSelect, (typeof accessColumns)[number] | "id">[] = await db
      .select({
        id: auditLog.id,
        at: auditLog.at,
        actorKind: auditLog.actorKind,
        actorName: auditLog.actorName,
        event: auditLog.event,
        reason: auditLog.reason,
      })
      .from(auditLog)
      .where(
        and(
          eq(auditLog.patientId, id),
          last === null
            ? undefined
            : sql`(${auditLog.at}, ${auditLog.id}) > (${last.at.toISOString()}::timestamptz, ${last.id}::uuid)`,
        ),
      )
      .orderBy(asc(auditLog.at), asc(auditLog.id))
      .limit(batch);
    for (const row of rows) yield `${accessColumns.map((column) => csvCell(row[column])).join(",")}\r\n`;
    last = rows.at(-1) ?? null;
    if (last === null || rows.length < batch) return;
  }
}
