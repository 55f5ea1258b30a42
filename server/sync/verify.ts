import { drain, type Held, type Progress, pushThen } from "./push.ts";
import { defaults, type SyncOptions, type SyncPlaces, type TableProof, type VerifyReport } from "./report.ts";
import { on, type Session, transaction, withSide } from "./sides.ts";

interface TableSum {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sum: string;
}

/**
 * Proves that the copy equals the hospital's database: brings it up to date, then compares the count and the
 * checksum of every table, both taken at one and the same tick while the hospital goes on writing.
 */
export async function verifySync(places: SyncPlaces, options: SyncOptions = {}): Promise<VerifyReport> {
  const wanted = { ...defaults, budgetMs: 120_000, ...options };
  const started = performance.now();
  const { report, result } = await pushThen(places, wanted, (held, progress, deadline) =>
    withSide("primary", places.primary, (reader) => prove(held, reader, wanted, progress, deadline)),
  );
  const tookMs = Math.round(performance.now() - started);
  if (result !== null) return { ...result, tookMs, parked: null };
  const outcome = report.outcome === "synced" ? "behind" : report.outcome;
  return { outcome, equal: false, tick: report.lastTick, tables: [], tookMs, parked: report.parked };
}

async function prove(
  held: Held,
  reader: Session,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Pick<VerifyReport, "outcome" | "equal" | "tick" | "tables"> | null> {
  const tick = await cutAtSnapshot(held.primary, reader);
  await drain(held, options, progress, deadline);
  // A migration in between may have had more to ship: the copy is past the tick and cannot be compared at it.
  if (progress.lastTick !== tick) return null;
  const ours = await sumsOf(reader, "primary", null);
  const theirs = await sumsOf(held.copy, "copy", ours);
  const tables = ours.map((own): TableProof => {
    const other = theirs.find((candidate) => candidate.table === own.table);
    return {
      table: own.table,
      primaryRows: own.rows,
      copyRows: other?.rows ?? null,
      equal: other !== undefined && other.rows === own.rows && other.sum === own.sum,
    };
  });
  const equal = tables.every((table) => table.equal);
  await on(
    "primary",
    held.primary`update sync_tick set sums = ${JSON.stringify(ours)}::text::jsonb where id = ${tick}`,
  );
  for (const [side, session] of [
    ["primary", held.primary],
    ["copy", held.copy],
  ] as const)
    await on(
      side,
      session`update sync_state set verified_tick = ${tick}, verified_at = clock_timestamp(), verified_equal = ${equal}`,
    );
  return { outcome: "verified", equal, tick, tables };
}

/** A tick whose snapshot `reader` keeps: what it reads from now on is what the copy holds at that tick. */
async function cutAtSnapshot(primary: Session, reader: Session): Promise<number> {
  return transaction(primary, "primary", async () => {
    await on("primary", primary`select pg_advisory_xact_lock(sync_lock_key('tick'))`);
    await on("primary", reader.unsafe("begin isolation level repeatable read read only"));
    const [snapshot] = await on(
      "primary",
      reader<{ text: string }[]>`select pg_current_snapshot()::text as text`,
    );
    const [tick] = await on(
      "primary",
      primary<
        { id: number }[]
      >`select sync_cut_tick('0', ${snapshot?.text ?? ""}::text::pg_snapshot)::float8 as id`,
    );
    if (tick === undefined) throw new Error("A tick was asked for and none was cut.");
    return tick.id;
  });
}

/** Sums of one side in its snapshot, over the columns that the primary named. Tables that only one side has are left out. */
async function sumsOf(
  session: Session,
  side: "primary" | "copy",
  like: readonly TableSum[] | null,
): Promise<readonly TableSum[]> {
  const given =
    like === null ? null : JSON.stringify(Object.fromEntries(like.map((sum) => [sum.table, sum.columns])));
  return on(
    side,
    session<TableSum[]>`
      select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(${given}::text::jsonb)`,
  );
}
