import type { TypeCounts } from "../../../db/schema/hospital/import-runs.ts";
import type { FilePlan, RecordError } from "./plan.ts";
import type { NewRecord, Resolved } from "./resolve.ts";

/** What became of one file, or in a preview what would. Counts are by FHIR type. */
export interface FileOutcome {
  readonly recordsTotal: number;
  readonly created: TypeCounts;
  /** There already, from an earlier import. */
  readonly existing: TypeCounts;
  /** Of types that are not kept. */
  readonly skipped: TypeCounts;
  readonly refused: TypeCounts;
  readonly errors: readonly RecordError[];
}

export const nothingDone = {
  recordsTotal: 0,
  created: {},
  existing: {},
  skipped: {},
  refused: {},
  errors: [],
} as const satisfies FileOutcome;

export function countByType(records: Iterable<{ readonly type: string }>): TypeCounts {
  const counts: Record<string, number> = {};
  for (const { type } of records) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** The sum by type, or the difference where `sign` is -1; types that come to nothing are left out. */
export function addCounts(left: TypeCounts, right: TypeCounts, sign: 1 | -1 = 1): TypeCounts {
  const counts: Record<string, number> = { ...left };
  for (const [type, count] of Object.entries(right)) counts[type] = (counts[type] ?? 0) + sign * count;
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

export const total = (counts: TypeCounts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/**
 * What is to be written of a file, and what is told of it. One refused record refuses the file, so that no
 * patient is left with half a record, unless `keepGood` asks for whatever could be read.
 */
export function judge(
  plan: FilePlan,
  resolved: Resolved,
  keepGood: boolean,
): { readonly write: readonly NewRecord[]; readonly outcome: FileOutcome } {
  const errors = [...plan.errors, ...resolved.errors].toSorted((a, b) => (a.entry ?? -1) - (b.entry ?? -1));
  const write = errors.length === 0 || keepGood ? resolved.added : [];
  const created = countByType(write.map(({ planned }) => planned));
  const existing = countByType(resolved.existing);
  const refused = addCounts(addCounts(plan.given, created, -1), existing, -1);
  return {
    write,
    outcome: { recordsTotal: plan.recordsTotal, created, existing, skipped: plan.skipped, refused, errors },
  };
}

/** A file refused as a whole, for a reason that is not one record's. */
export function refuseFile(plan: FilePlan | null, code: string, message: string): FileOutcome {
  const error: RecordError = { entry: null, resourceType: null, resourceId: null, field: "", code, message };
  if (plan === null) return { ...nothingDone, errors: [error] };
  return {
    ...nothingDone,
    recordsTotal: plan.recordsTotal,
    skipped: plan.skipped,
    refused: plan.given,
    errors: [error],
  };
}
