import type { importRunErrors } from "../../../db/schema/hospital/import-runs.ts";
import { addCounts, type FileOutcome, nothingDone } from "./outcome.ts";

/** Errors kept of one file, at most; all are counted. */
export const errorsKept = 1_000;
const errorsAStatement = 500;

/** The counts of a file, or of a run, as its row holds them. */
export type Counts = Omit<FileOutcome, "errors"> & { readonly errorCount: number };

export function fileCounts({ errors, ...counts }: FileOutcome): Counts {
  return { ...counts, errorCount: errors.length };
}

export function addOutcome(sum: Counts, more: Counts): Counts {
  return {
    recordsTotal: sum.recordsTotal + more.recordsTotal,
    created: addCounts(sum.created, more.created),
    existing: addCounts(sum.existing, more.existing),
    skipped: addCounts(sum.skipped, more.skipped),
    refused: addCounts(sum.refused, more.refused),
    errorCount: sum.errorCount + more.errorCount,
  };
}

export function sumOutcomes(outcomes: readonly FileOutcome[]): Counts {
  return outcomes.map(fileCounts).reduce(addOutcome, fileCounts(nothingDone));
}

/** The rows of a file's error report, in portions for one statement each. */
export function errorRows(
  runId: string,
  fileId: string,
  outcome: FileOutcome,
): readonly (typeof importRunErrors.$inferInsert)[][] {
  const rows = outcome.errors.slice(0, errorsKept).map((error, position) => ({
    ...error,
    runId,
    fileId,
    position,
  }));
  const portions: (typeof importRunErrors.$inferInsert)[][] = [];
  for (let start = 0; start < rows.length; start += errorsAStatement)
    portions.push(rows.slice(start, start + errorsAStatement));
  return portions;
}
