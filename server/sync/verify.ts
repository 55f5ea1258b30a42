import { drain, type Held, type Progress } from "./drain.ts";
import { pushThen } from "./push.ts";
import { repairTables, sideOf, type TableSum } from "./repair.ts";
import { defaults, type SyncOptions, type SyncPlaces, type TableProof, type VerifyReport } from "./report.ts";
import { on, type Session, withSide } from "./sides.ts";
import { cutAtSnapshot } from "./state.ts";

type Proof = Pick<VerifyReport, "outcome" | "equal" | "tick" | "tables" | "repaired">;

/**
 * Proves that the copy equals the hospital's database: brings it up to date, then compares the count and the
 * checksum of every table, both taken at one and the same tick while the hospital goes on writing. Rows that differ
 * are sent again and the proof is repeated, unless `repair` is false.
 */
export async function verifySync(places: SyncPlaces, options: SyncOptions = {}): Promise<VerifyReport> {
  const wanted = { ...defaults, budgetMs: 120_000, ...options };
  const started = performance.now();
  const { report, result } = await pushThen(places, wanted, (held, progress, deadline) =>
    withSide("primary", places.primary, (reader) => proveTwice(held, reader, wanted, progress, deadline)),
  );
  const tookMs = Math.round(performance.now() - started);
  if (result !== null) return { ...result, tookMs, parked: null };
  const outcome = report.outcome === "synced" ? "behind" : report.outcome;
  return { outcome, equal: false, tick: report.lastTick, tables: [], tookMs, parked: report.parked };
}

/** A second time after a repair: only that says that the copy is equal now. */
async function proveTwice(
  held: Held,
  reader: Session,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Proof | null> {
  const first = await prove(held, reader, options, progress, deadline);
  if (first === null || !first.repaired || first.repaired.length === 0) return first;
  // A table that is shipped whole takes more ticks than one.
  if ((await drain(held, options, progress, deadline)).outcome !== "synced") return first;
  const second = await prove(held, reader, { ...options, repair: false }, progress, deadline);
  return second === null ? first : { ...second, repaired: first.repaired };
}

async function prove(
  held: Held,
  reader: Session,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Proof | null> {
  const tick = await cutAtSnapshot(held.primary, reader);
  try {
    const drained = await drain(held, options, progress, deadline);
    // A migration in between may have had more to ship: the copy is past the tick and cannot be compared at it.
    if (drained.outcome !== "synced" || progress.lastTick !== tick) return null;
    const sums = await sumsOf(reader);
    await on(
      "primary",
      held.primary`update sync_tick set sums = ${JSON.stringify(sums)}::text::jsonb where id = ${tick}`,
    );
    const tables = await compareOnCopy(held.copy, tick, sums);
    if (tables === null) return null;
    const equal = tables.every((table) => table.equal);
    await on(
      "primary",
      held.primary`update sync_state set verified_tick = ${tick}, verified_at = clock_timestamp(), verified_equal = ${equal}`,
    );
    if (equal || !options.repair) return { outcome: "verified", equal, tick, tables };
    const [ours, theirs] = [sideOf(reader, "primary"), sideOf(held.copy, "copy")];
    const repaired = await repairTables(held.primary, tick, tables, sums, ours, theirs);
    return { outcome: "verified", equal, tick, tables, repaired };
  } finally {
    await on("primary", reader.unsafe("rollback"));
  }
}

async function sumsOf(reader: Session): Promise<readonly TableSum[]> {
  return on(
    "primary",
    reader<
      TableSum[]
    >`select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(null)`,
  );
}

/** The copy's own sums in one snapshot, which says itself at which tick it is; null: not at this one. */
async function compareOnCopy(
  copy: Session,
  tick: number,
  sums: readonly TableSum[],
): Promise<readonly TableProof[] | null> {
  const given = JSON.stringify(
    Object.fromEntries(sums.map(({ table, columns, rows, sum }) => [table, { columns, rows, sum }])),
  );
  await on("copy", copy.unsafe("begin isolation level repeatable read"));
  const [row] = await on(
    "copy",
    copy<
      { found: { table: string; rows: number | null; equal: boolean }[] | null }[]
    >`select sync_prove(${tick}, ${given}::text::jsonb) as found`,
  );
  await on("copy", copy.unsafe("commit"));
  const found = row?.found;
  if (found === undefined || found === null) return null;
  return sums.map(({ table, rows }): TableProof => {
    const other = found.find((candidate) => candidate.table === table);
    return {
      table,
      primaryRows: rows,
      copyRows: other?.rows ?? null,
      equal: other?.equal === true,
    };
  });
}
