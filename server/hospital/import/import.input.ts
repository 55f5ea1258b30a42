import { t } from "elysia";
import { importFileStatuses, importRunFiles, importRuns } from "../../../db/schema/hospital/import-runs.ts";
import { AppError } from "../../errors.ts";
import { parseForm, uuid } from "../../input.ts";
import { rowSchema } from "../clinical/clinical.input.ts";
import type { GivenFile, ImportOptions } from "./preview.ts";
import { fileCountLimit } from "./read-bundle.ts";

export const ofImport = t.Object({ id: uuid() });

/** What goes with the files. */
export const importFields = t.Object({
  source: t.Optional(
    t.String({
      maxLength: 100,
      pattern: "^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$",
      refusal: "bad-characters",
      description:
        "The system that the files come from, for records that do not name one; `fhir` unless given.",
    }),
  ),
  keepGood: t.Optional(
    t.Boolean({ description: "Take the good records of a file although others of it are refused." }),
  ),
});

export const importQuery = t.Object({
  ...importFields.properties,
  dryRun: t.Optional(t.Boolean({ description: "Say what would happen, and write nothing." })),
});

/** The options of an import from a form. @throws AppError invalid (422) naming fields. */
export function importOptionsOf(body: unknown): ImportOptions {
  const parsed = parseForm(importFields, body);
  if (!parsed.ok)
    throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields: parsed.errors });
  return { source: parsed.value.source ?? "fhir", keepGood: parsed.value.keepGood ?? false };
}

/** The files of a form's field `files`. An input left empty sends one file without name and bytes. */
export async function filesOf(body: unknown): Promise<readonly GivenFile[]> {
  const given: unknown = typeof body === "object" && body !== null ? Reflect.get(body, "files") : undefined;
  const blobs = (Array.isArray(given) ? given : [given]).filter((one) => one instanceof File);
  const files = blobs.filter((file) => file.size > 0 || file.name !== "");
  // More than are taken are refused by their number: their bytes need not be read.
  return Promise.all(
    files
      .slice(0, fileCountLimit + 1)
      .map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}

/**
 * Reads the body of an upload: a form with `files`, or one bundle as JSON, whose bytes are left as they are, since
 * reading it into numbers would lose digits. Null for any other type of body.
 */
export async function parseUpload({ request }: { request: Request }, contentType: string): Promise<unknown> {
  if (contentType.startsWith("multipart/form-data")) {
    const form = await request.formData();
    const files = form.getAll("files");
    const fields = [...form.keys()].filter((name) => name !== "files").map((name) => [name, form.get(name)]);
    return { ...Object.fromEntries(fields), files };
  }
  // Whatever is thrown here is told as a body that cannot be read; the route says what it takes instead.
  if (!/^application\/(fhir\+)?json\b/.test(contentType)) return null;
  return { files: [new File([await request.arrayBuffer()], "bundle.json")] };
}

const counts = t.Record(t.String(), t.Integer(), { description: "By FHIR type." });
const countFields = {
  recordsTotal: t.Integer(),
  created: counts,
  existing: counts,
  skipped: t.Record(t.String(), t.Integer(), { description: "Of types that are not kept." }),
  refused: counts,
};

const errorFields = {
  entry: t.Nullable(t.Integer({ description: "Counted from 0; null where the file itself is at fault." })),
  resourceType: t.Nullable(t.String()),
  resourceId: t.Nullable(t.String()),
  field: t.Nullable(t.String({ description: "The path within the record." })),
  code: t.String(),
  message: t.String(),
};

export const importAnswer = rowSchema(importRuns, "Import", countFields);
export const importFileAnswer = rowSchema(importRunFiles, "ImportFile", {
  ...countFields,
  status: t.Unsafe({ type: "string", enum: [...importFileStatuses] }),
});
export const importWithFilesAnswer = rowSchema(importRuns, "ImportWithFiles", {
  ...countFields,
  files: t.Array(importFileAnswer),
});
export const importErrorAnswer = t.Object(
  { id: t.String({ format: "uuid" }), file: t.String(), ...errorFields },
  { title: "ImportError" },
);
export const previewAnswer = t.Object(
  {
    files: t.Array(t.Object({ name: t.String(), ...countFields, errors: t.Array(t.Object(errorFields)) })),
  },
  { title: "ImportPreview" },
);
