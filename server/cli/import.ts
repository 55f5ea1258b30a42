import { basename } from "node:path";
import { parseArgs } from "node:util";
import { AppError } from "../errors.ts";
import { draftImport } from "../hospital/import/draft-import.ts";
import { listFileReports, type ReportedError } from "../hospital/import/import-report.ts";
import type { ImportRun } from "../hospital/import/imports.ts";
import { addCounts, type FileOutcome, total } from "../hospital/import/outcome.ts";
import { type GivenFile, previewImport } from "../hospital/import/preview.ts";
import { runImport } from "../hospital/import/run-import.ts";
import { beginImport } from "../hospital/import/start-import.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospitalById } from "../tenancy/system-hospital.ts";
import type { CommandIo } from "./command.ts";

export const importUsage = `wardline import fhir --hospital SUBDOMAIN [options] FILES…

  Reads FHIR R4 bundles into a hospital. The same files again add nothing.

  --hospital SUBDOMAIN  the hospital, by the first part of its address
  --dry-run             say what would happen, and write nothing
  --json                answer as JSON: {files, created, existing, skipped, refused, errors}
  --source NAME         the system that the files come from, where records do not name one (fhir)
  --keep-good           take the good records of a file although others of it are refused

  Ends with 0 where every record came in or was there, else with 1.`;

type Report = Omit<FileOutcome, "errors">;

interface FileReport extends Report {
  readonly name: string;
  readonly errorCount: number;
  readonly errors: readonly ReportedError[];
}

/** What is told of a file and no more: its row holds things that are ours alone. */
function reportOf(
  name: string,
  counts: Report,
  errorCount: number,
  errors: readonly ReportedError[],
): FileReport {
  const { recordsTotal, created, existing, skipped, refused } = counts;
  const told = errors.map(({ entry, resourceType, resourceId, field, code, message }) => ({
    ...{ entry, resourceType, resourceId, field, code, message },
  }));
  return { name, recordsTotal, created, existing, skipped, refused, errorCount, errors: told };
}

/**
 * `wardline import fhir`. `args` are those after the two words.
 * @returns the exit code: 0, or 1 where something was refused or could not be read.
 */
export async function importFhir(
  services: Services,
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    io.err(importUsage);
    return 1;
  }
  const files: GivenFile[] = [];
  for (const path of options.paths) {
    const bytes = await readBytes(path);
    if (bytes === null) {
      io.err(`${path} cannot be read.`);
      return 1;
    }
    files.push({ name: basename(path), bytes });
  }
  try {
    const hospital = await services.resolver.hospitalBySubdomain(options.hospital);
    if (hospital === null)
      throw new AppError("not-found", "hospital.not-found", `There is no hospital ${options.hospital}.`);
    const context = await systemHospitalById(services, hospital.id, "command:import");
    const reports = options.dryRun
      ? await preview(context, files, options)
      : await bringIn(context, files, options, io);
    io.out(options.json ? asJson(reports, options.dryRun) : asText(reports, options.dryRun));
    return reports.some(({ errors }) => errors.length > 0) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.err(error.message);
    return 1;
  }
}

interface Options {
  readonly hospital: string;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly source: string;
  readonly keepGood: boolean;
  readonly paths: readonly string[];
}

function readOptions(args: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        hospital: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        source: { type: "string", default: "fhir" },
        "keep-good": { type: "boolean", default: false },
      },
    });
    if (values.hospital === undefined || positionals.length === 0) return null;
    const { hospital, json, source } = values;
    return {
      hospital,
      json,
      source,
      dryRun: values["dry-run"],
      keepGood: values["keep-good"],
      paths: positionals,
    };
  } catch {
    // An unknown option: the answer is how it is used.
    return null;
  }
}

async function readBytes(path: string): Promise<Uint8Array | null> {
  try {
    return await Bun.file(path).bytes();
  } catch {
    return null;
  }
}

async function preview(
  context: HospitalContext,
  files: readonly GivenFile[],
  options: Options,
): Promise<readonly FileReport[]> {
  const outcomes = await previewImport(context, files, options);
  return files.flatMap(({ name }, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [reportOf(name, outcome, outcome.errors.length, outcome.errors)];
  });
}

async function bringIn(
  context: HospitalContext,
  files: readonly GivenFile[],
  options: Options,
  io: CommandIo,
): Promise<readonly FileReport[]> {
  const { source, keepGood } = options;
  const draft = await draftImport(context, { origin: "command", source, keepGood, files });
  await context.write((tx) => beginImport(tx, context, draft.id));
  const started = performance.now();
  await runImport(context, draft.id, { onProgress: (run) => tell(io, run, performance.now() - started) });
  if (io.terminal) io.err("\n");
  const reports = await listFileReports(context, draft.id);
  return reports.map((file) => reportOf(file.name, file, file.errorCount, file.errors));
}

function tell(io: CommandIo, run: ImportRun, ms: number): void {
  if (!io.terminal) return;
  const rate = Math.round((1_000 * run.recordsDone) / Math.max(1, ms));
  io.err(
    `\r${run.filesDone} of ${run.filesTotal} files, ${run.recordsDone} of ${run.recordsTotal} records, ${rate} a second `,
  );
}

function sums(reports: readonly FileReport[]) {
  const sum = (key: "created" | "existing" | "skipped" | "refused") =>
    reports.reduce<Readonly<Record<string, number>>>((counts, report) => addCounts(counts, report[key]), {});
  return {
    created: sum("created"),
    existing: sum("existing"),
    skipped: sum("skipped"),
    refused: sum("refused"),
  };
}

function asJson(reports: readonly FileReport[], dryRun: boolean): string {
  const files = reports.map(({ errors: _, ...report }) => report);
  const errors = reports.flatMap(({ name, errors: found }) =>
    found.map((error) => ({ file: name, ...error })),
  );
  return JSON.stringify({ dryRun, files, ...sums(reports), errors }, null, 2);
}

function asText(reports: readonly FileReport[], dryRun: boolean): string {
  const words = [
    [dryRun ? "would be added" : "added", "created"],
    ["there already", "existing"],
    ["of types that are not kept", "skipped"],
    ["refused", "refused"],
  ] as const;
  const all = sums(reports);
  const lines = words.map(([label, key]) => {
    const types = Object.entries(all[key]).map(([type, count]) => `${type} ${count}`);
    return `${String(total(all[key])).padStart(7)} ${label}${types.length > 0 ? `: ${types.join(", ")}` : ""}`;
  });
  const errors = reports.flatMap(({ name, errors: found }) =>
    found.map(
      ({ entry, resourceType, resourceId, field, message }) =>
        `  ${[name, entry === null ? null : `entry ${entry}`, resourceType, resourceId, field].filter(Boolean).join(" · ")}: ${message}`,
    ),
  );
  return [`${reports.length} files`, ...lines, ...(errors.length > 0 ? ["Refused:", ...errors] : [])].join(
    "\n",
  );
}
