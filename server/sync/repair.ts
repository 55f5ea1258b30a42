import type { RepairedTable, TableProof } from "./report.ts";
import { on, type Session, type Side } from "./sides.ts";

/** A table's count and checksum over named columns, in one snapshot. */
export interface TableSum {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sum: string;
}

/** Count and checksum of those rows of a table whose key falls into one of 256 buckets. */
export interface BucketSum {
  readonly bucket: number;
  readonly rows: number;
  readonly sum: string;
}

/** One row of some bucket: its key as text and as JSON, and the row's checksum. */
export interface RowSum {
  readonly pk: string;
  readonly key: string;
  readonly sum: string;
}

/** What can be asked of one side of a proof while it stands still at the proof's tick. */
export interface ProvenSide {
  bucketSums(table: string, columns: readonly string[]): Promise<readonly BucketSum[]>;
  bucketRows(
    table: string,
    columns: readonly string[],
    buckets: readonly number[],
  ): Promise<readonly RowSum[]>;
}

/** More differing rows than this in one table, and the whole table is shipped again. */
const mostRows = 5_000;
/** Keys held in memory at a time, about, for each side. */
const rowsAtOnce = 50_000;

/** A side that is a database within reach. */
export function sideOf(session: Session, side: Side): ProvenSide {
  return {
    bucketSums: (table, columns) =>
      on(
        side,
        session<BucketSum[]>`
          select bucket, n::float8 as rows, sum::text from sync_bucket_sums(${table}, ${JSON.stringify(columns)}::text::jsonb)`,
      ),
    bucketRows: (table, columns, buckets) =>
      on(
        side,
        session<RowSum[]>`
          select pk, key::text, sum::text from sync_bucket_rows(${table}, ${JSON.stringify(columns)}::text::jsonb, ${`{${buckets.join(",")}}`}::text::integer[])`,
      ),
  };
}

interface Found {
  readonly pk: string;
  readonly key: string;
  readonly found: "missing" | "extra" | "different";
}

/**
 * Finds the rows by which two sides differ and logs them on the primary again, so that the next batches put the
 * copy right: by buckets of keys, so that only what differs is looked at row by row. Keeps a record of each row
 * in `sync_repair`. A table of which too much differs is shipped whole.
 */
export async function repairTables(
  primary: Session,
  tick: number,
  proofs: readonly TableProof[],
  sums: readonly TableSum[],
  ours: ProvenSide,
  theirs: ProvenSide,
): Promise<readonly RepairedTable[]> {
  const repaired: RepairedTable[] = [];
  for (const { table, equal, copyRows } of proofs) {
    const columns = sums.find((sum) => sum.table === table)?.columns;
    // A table that the copy lacks comes with its migration.
    if (equal || copyRows === null || columns === undefined) continue;
    const found = await differingRows(table, columns, ours, theirs);
    if (found === null) await on("primary", primary`select sync_refill_table(${tick}, ${table})`);
    else if (found.length > 0) {
      const given = `[${found.map((row) => `{"pk":${JSON.stringify(row.pk)},"found":"${row.found}","key":${row.key}}`).join(",")}]`;
      await on("primary", primary`select sync_log_again(${tick}, ${table}, ${given}::text::jsonb)`);
    }
    const count = (what: Found["found"]) => found?.filter((row) => row.found === what).length ?? 0;
    repaired.push({
      table,
      whole: found === null,
      missing: count("missing"),
      extra: count("extra"),
      different: count("different"),
    });
  }
  return repaired;
}

/** Null: more than is worth naming. */
async function differingRows(
  table: string,
  columns: readonly string[],
  ours: ProvenSide,
  theirs: ProvenSide,
): Promise<readonly Found[] | null> {
  const [own, other] = await Promise.all([
    ours.bucketSums(table, columns),
    theirs.bucketSums(table, columns),
  ]);
  const byBucket = (sums: readonly BucketSum[]) => new Map(sums.map((sum) => [sum.bucket, sum]));
  const [a, b] = [byBucket(own), byBucket(other)];
  const suspects = Array.from({ length: 256 }, (_, bucket) => ({
    bucket,
    mine: a.get(bucket)?.rows ?? 0,
    copied: b.get(bucket)?.rows ?? 0,
    differs: a.get(bucket)?.rows !== b.get(bucket)?.rows || a.get(bucket)?.sum !== b.get(bucket)?.sum,
  })).filter((suspect) => suspect.differs);
  const least = suspects.reduce((sum, { mine, copied }) => sum + Math.max(1, Math.abs(mine - copied)), 0);
  if (least > mostRows) return null;
  const found: Found[] = [];
  while (suspects.length > 0) {
    const buckets: number[] = [];
    for (let held = 0; suspects[0] !== undefined && held < rowsAtOnce; ) {
      buckets.push(suspects[0].bucket);
      held += Math.max(suspects[0].mine, suspects[0].copied);
      suspects.shift();
    }
    const [rows, copies] = await Promise.all([
      ours.bucketRows(table, columns, buckets),
      theirs.bucketRows(table, columns, buckets),
    ]);
    found.push(...compare(rows, copies));
    if (found.length > mostRows) return null;
  }
  return found;
}

function compare(rows: readonly RowSum[], copies: readonly RowSum[]): readonly Found[] {
  const left = new Map(copies.map((row) => [row.pk, row]));
  const found: Found[] = [];
  for (const { pk, key, sum } of rows) {
    const copy = left.get(pk);
    left.delete(pk);
    if (copy === undefined) found.push({ pk, key, found: "missing" });
    else if (copy.sum !== sum) found.push({ pk, key, found: "different" });
  }
  for (const { pk, key } of left.values()) found.push({ pk, key, found: "extra" });
  return found;
}
