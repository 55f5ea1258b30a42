import type { Place } from "../../db/planes.ts";
import { drainByChunks, pushByChunks } from "./chunks-push.ts";
import type { Progress } from "./push.ts";
import { defaults, type SyncOptions, type VerifyReport } from "./report.ts";
import { on, type Session, transaction, withSide } from "./sides.ts";
import type { CopyByWire, TableSum } from "./wire.ts";

type Proof = Pick<VerifyReport, "outcome" | "equal" | "tick" | "tables">;

/** As `verifySync`, over the wire: counts and checksums of every table at one tick, compared by the other side. */
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
      prove(primary, reader, wire, wanted, progress, deadline),
    );
  });
  const tookMs = Math.round(performance.now() - started);
  const found = proof as Proof | null;
  if (found !== null) return { ...found, tookMs, parked: null };
  const outcome = report.outcome === "synced" ? "behind" : report.outcome;
  return { outcome, equal: false, tick: report.lastTick, tables: [], tookMs, parked: report.parked };
}

async function prove(
  primary: Session,
  reader: Session,
  wire: CopyByWire,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Proof | null> {
  const tick = await cutAtSnapshot(primary, reader);
  await drainByChunks(primary, wire, options, progress, deadline);
  if (progress.lastTick !== tick) return null;
  const sums = await on(
    "primary",
    reader<TableSum[]>`
      select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(null)`,
  );
  const [self] = await on("primary", primary<{ incarnation: string }[]>`select incarnation from sync_state`);
  const tables = await wire.compare(self?.incarnation ?? "", tick, sums);
  if (tables === null) return null;
  const equal = tables.every((table) => table.equal);
  await on(
    "primary",
    primary`update sync_state set verified_tick = ${tick}, verified_at = clock_timestamp(), verified_equal = ${equal}`,
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
