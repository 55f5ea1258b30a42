import type { FillBase } from "./fill.ts";
import { type ProvenSide, sideOf } from "./repair.ts";
import type { TableProof } from "./report.ts";
import { on, type Session } from "./sides.ts";
import { readState, type SideState } from "./state.ts";
import type { Arrived, Chunk, OpenBatch, TableSum } from "./wire.ts";

/** The copy's state, and the batch that is on its way. */
export async function copyState(copy: Session): Promise<SideState & { readonly open: OpenBatch | null }> {
  const state = await readState(copy, "copy");
  const [open] = await on(
    "copy",
    copy<OpenBatch[]>`
      select (manifest->>'first')::float8 as first, (manifest->>'final')::float8 as final from sync_batch
      where exists (select from sync_chunk)`,
  );
  return { ...state, open: open ?? null };
}

/** What has arrived of the batch that this manifest (JSON text) describes. WL002: it is not the next one. */
export async function expectBatch(copy: Session, manifest: string): Promise<Arrived> {
  const [row] = await on(
    "copy",
    copy<Arrived[]>`
      select chunks, last_seq::text as "lastSeq" from sync_expect(${manifest}::text::jsonb)`,
  );
  if (row === undefined) throw new Error("A batch was announced and nothing is known of it.");
  return row;
}

/** Puts one chunk down durably. The same again changes nothing. WL002: it is out of turn. */
export async function stageChunk(copy: Session, chunk: Chunk): Promise<void> {
  const { incarnation, first, number, lastSeq, rows, sha256, body } = chunk;
  await on(
    "copy",
    copy`select sync_stage(${incarnation}, ${first}, ${number}, ${lastSeq}::text::bigint, ${rows}, ${sha256}, ${body})`,
  );
}

/** Applies the batch that has arrived, exactly once. @returns its rows. */
export async function applyChunks(
  copy: Session,
  incarnation: string,
  first: number,
  final: number,
): Promise<number> {
  const [row] = await on(
    "copy",
    copy<{ rows: number }[]>`
      select sync_apply_chunks(${incarnation}, ${first}, ${final})::float8 as rows`,
  );
  return row?.rows ?? 0;
}

/** Forgets what has arrived, so that it is sent again. */
export async function forgetChunks(copy: Session): Promise<void> {
  await on("copy", copy.unsafe("delete from sync_chunk; delete from sync_batch"));
}

/** Points the copy at a base of this primary; all tables follow. */
export async function takeFillBase(copy: Session, base: FillBase): Promise<void> {
  await on(
    "copy",
    copy`select sync_begin_fill(${base.incarnation}, ${base.tick}, ${base.mark}, ${base.at}::text::timestamptz) from sync_state where role = 'copy'`,
  );
}

/** Compares sums of the primary at `tick` with the copy's. Null: the copy is not at that tick. */
export async function compareSums(
  copy: Session,
  tick: number,
  sums: readonly TableSum[],
): Promise<readonly TableProof[] | null> {
  const given = JSON.stringify(Object.fromEntries(sums.map((sum) => [sum.table, sum.columns])));
  const [state] = await on(
    "copy",
    copy<{ last: number }[]>`select last_tick::float8 as last from sync_state`,
  );
  if (state?.last !== tick) return null;
  const theirs = await on(
    "copy",
    copy<TableSum[]>`
      select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(${given}::text::jsonb)`,
  );
  const tables = sums.map((own): TableProof => {
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
    "copy",
    copy`update sync_state set verified_tick = ${tick}, verified_at = clock_timestamp(), verified_equal = ${equal}`,
  );
  return tables;
}

/** The copy where it stands at `tick`, for one question of a drill-down. WL002: it does not stand there. */
export async function provenCopy(copy: Session, tick: number): Promise<ProvenSide> {
  const [state] = await on(
    "copy",
    copy<{ last: number }[]>`select last_tick::float8 as last from sync_state`,
  );
  if (state?.last !== tick)
    throw Object.assign(new Error("The copy is not at this tick."), { code: "WL002" });
  return sideOf(copy, "copy");
}
