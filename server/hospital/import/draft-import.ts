import { and, eq, lt } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import {
  importRunErrors,
  importRunFiles,
  importRuns,
  importUploads,
} from "../../../db/schema/hospital/import-runs.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { sha256 } from "../../crypto.ts";
import { AppError, invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type ImportRun, removeRun } from "./imports.ts";
import { type FileOutcome, total } from "./outcome.ts";
import { type GivenFile, type ImportOptions, previewImport } from "./preview.ts";
import { fileCountLimit, fileSizeLimit } from "./read-bundle.ts";
import { errorRows, fileCounts, sumOutcomes } from "./run-rows.ts";

/** How long an upload waits for someone to start it. */
const draftLifeMs = 24 * 60 * 60 * 1_000;

export interface NewImport extends ImportOptions {
  readonly origin: ImportRun["origin"];
  readonly files: readonly GivenFile[];
}

/**
 * Takes files in as a draft, with what importing them would do. They stay until the draft is started and done,
 * or for a day. A program is told at once where nothing could come in; a person sees it in the draft.
 * @throws AppError forbidden (403); invalid (422) naming `files`, or the faults; too-large (413); payment-required (402).
 */
export async function draftImport(context: HospitalContext, given: NewImport): Promise<ImportRun> {
  authorize(context.actor, "patients:import");
  mustBeReadable(given.files);
  const outcomes = await previewImport(context, given.files, given);
  if (given.origin === "api") refuseUseless(outcomes);
  const packed = given.files.map((file) => Bun.gzipSync(file.bytes as Uint8Array<ArrayBuffer>));
  const { actor, clock } = context;
  return context.write(async (tx) => {
    await forgetOldDrafts(tx, new Date(clock.now().getTime() - draftLifeMs));
    const [run] = await tx
      .insert(importRuns)
      .values({
        origin: given.origin,
        source: given.source,
        keepGood: given.keepGood,
        filesTotal: given.files.length,
        ...sumOutcomes(outcomes),
        startedBy: staffIdOf(actor),
        startedByName: actor.name,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      })
      .returning();
    if (run === undefined) throw new Error("The import was not recorded.");
    for (const [position, file] of given.files.entries()) {
      const outcome = outcomes[position];
      const content = packed[position];
      if (outcome === undefined || content === undefined)
        throw new Error("A file was left out of the preview.");
      const id = Bun.randomUUIDv7();
      const facts = {
        name: fileName(file.name),
        sizeBytes: file.bytes.byteLength,
        sha256: sha256(file.bytes),
      };
      await tx
        .insert(importRunFiles)
        .values({ id, runId: run.id, position, ...facts, ...fileCounts(outcome) });
      await tx.insert(importUploads).values({ fileId: id, content });
      for (const rows of errorRows(run.id, id, outcome)) await tx.insert(importRunErrors).values(rows);
    }
    await audit(tx, context, {
      event: "import.drafted",
      entity: "import",
      entityId: run.id,
      details: { files: given.files.length },
    });
    return run;
  });
}

function mustBeReadable(files: readonly GivenFile[]): void {
  if (files.length === 0) throw invalidField("files", "not-a-file", "Choose at least one file.");
  if (files.length > fileCountLimit)
    throw invalidField("files", "too-many", `Choose at most ${fileCountLimit} files at once.`);
  const large = files.find((file) => file.bytes.byteLength > fileSizeLimit);
  if (large === undefined) return;
  const message = `${fileName(large.name)} is larger than ${fileSizeLimit / 1024 / 1024} MB. Divide it, then import the parts.`;
  throw new AppError("too-large", "import.too-large", message, {
    fields: [{ field: "files", code: "file-too-large", message }],
  });
}

const faultsNamed = 50;

/** Where every file is refused, there is nothing to start. */
function refuseUseless(outcomes: readonly FileOutcome[]): void {
  const useless = ({ created, existing, errors }: FileOutcome) =>
    errors.length > 0 && total(created) === 0 && total(existing) === 0;
  if (!outcomes.every(useless)) return;
  const found = outcomes.flatMap(({ errors }, index) => {
    const file = outcomes.length === 1 ? [] : [`files[${index}]`];
    return errors.map(({ entry, field, code, message }) => {
      const path = entry === null ? file : [...file, `entry[${entry}]`, "resource", field];
      return { field: path.join(".") || "body", code, message };
    });
  });
  const limit = found.find(({ code }) => code === "limit.patients");
  if (limit !== undefined) throw new AppError("payment-required", limit.code, limit.message);
  throw new AppError("invalid", "import.refused", "None of it can be imported. Nothing was added.", {
    fields: found.slice(0, faultsNamed),
  });
}

/** A file's name without its folder and without anything that is not seen. */
function fileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  return (
    last
      .replace(/[\p{C}]/gu, "")
      .trim()
      .slice(0, 200) || "file"
  );
}

async function forgetOldDrafts(tx: HospitalTx, before: Date): Promise<void> {
  const old = await tx
    .select({ id: importRuns.id })
    .from(importRuns)
    .where(and(eq(importRuns.status, "draft"), lt(importRuns.createdAt, before)));
  for (const { id } of old) await removeRun(tx, id);
}
