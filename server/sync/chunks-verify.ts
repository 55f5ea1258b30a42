import type { Place } from "../../db/planes.ts";
import { drainByChunks, pushByChunks } from "./chunks-push.ts";
import type { Progress } from "./drain.ts";
import { repairTables, sideOf } from "./repair.ts";
import { defaults, type SyncOptions, type VerifyReport } from "./report.ts";
import { on, type Session, withSide } from "./sides.ts";
import { cutAtSnapshot } from "./state.ts";
import type { CopyByWire, TableSum } from "./wire.ts";

type Proof = Pick<VerifyReport, "outcome" | "equal" | "tick" | "tables" | "repaired">;

/**
 * As `verifySync`, over the wire: counts and checksums of every table at one tick are compared by the other side,
 * which is asked bucket by bucket where they differ. Rows that differ are sent again and the proof is repeated,
 * unless `repair` is false.
 */
export async function verifyByChunks(
  place: Place,
  wire: CopyByWire,
  options: SyncOptions = {},
): Promise<VerifyReport> {
  const wanted = { ...defaults, budgetMs: 120_000, ...options };
  const started = performance.now();
  let proof: Proof | null = null;
  const report = await pushByChunks(place, wire, wanted, async (primary, progress, deadline) => {
    proof = await withSide("primary", place, (reader) =>
      proveTwice({ primary, reader, wire }, wanted, progress, deadline),
    );
  });
  const tookMs = Math.round(performance.now() - started);
  const found = proof as Proof | null;
  if (found !== null) return { ...found, tookMs, parked: null };
  const outcome = report.outcome === "synced" ? "behind" : report.outcome;
  return { outcome, equal: false, tick: report.lastTick, tables: [], tookMs, parked: report.parked };
}

interface Sides {
  readonly primary: Session;
  /** Keeps the proof's snapshot. */
  readonly reader: Session;
  readonly wire: CopyByWire;
}

/** A second time after a repair: only that says that the copy is equal now. */
async function proveTwice(
  sides: Sides,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Proof | null> {
  const first = await prove(sides, options, progress, deadline);
  if (first === null || !first.repaired || first.repaired.length === 0) return first;
  const drained = await drainByChunks(sides.primary, sides.wire, options, progress, deadline);
  // A table that is shipped whole takes more ticks than one.
  if (drained.outcome !== "synced") return first;
  const second = await prove(sides, { ...options, repair: false }, progress, deadline);
  return second === null ? first : { ...second, repaired: first.repaired };
}

async function prove(
  { primary, reader, wire }: Sides,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Proof | null> {
  const tick = await cutAtSnapshot(primary, reader);
  try {
    const drained = await drainByChunks(primary, wire, options, progress, deadline);
    if (drained.outcome !== "synced" || progress.lastTick !== tick) return null;
    const sums = await on(
      "primary",
      reader<TableSum[]>`
        select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(null)`,
    );
    const [self] = await on(
      "primary",
      primary<{ incarnation: string }[]>`select incarnation from sync_state`,
    );
    const incarnation = self?.incarnation ?? "";
    const tables = await wire.compare(incarnation, tick, sums);
    if (tables === null) return null;
    const equal = tables.every((table) => table.equal);
    await on(
      "primary",
      primary`update sync_state set verified_tick = ${tick}, verified_at = clock_timestamp(), verified_equal = ${equal}`,
    );
    if (equal || !options.repair) return { outcome: "verified", equal, tick, tables };
    const theirs = wire.at(incarnation, tick);
    const repaired = await repairTables(primary, tick, tables, sums, sideOf(reader, "primary"), theirs);
    return { outcome: "verified", equal, tick, tables, repaired };
  } finally {
    await on("primary", reader.unsafe("rollback"));
  }
}
