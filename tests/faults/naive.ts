import type { Place } from "../../db/planes.ts";
import { type Session, transaction, withSide } from "../../server/sync/sides.ts";

/**
 * The two watermarks that many believe in: `seq` takes what is numbered above the last row seen, `xmin` what
 * transactions wrote that are older than the oldest one still open. Both are wrong, and the laboratory must see it.
 */
export type Watermark = "xmin" | "seq";

const batchRows = 500;

/** Ships one batch by a naive watermark, exactly once, by the engine's own apply. Answers the rows. */
export async function followNaively(
  places: { readonly primary: Place; readonly copy: Place },
  watermark: Watermark,
): Promise<number> {
  return withSide("primary", places.primary, (primary) =>
    withSide("copy", places.copy, async (copy) => {
      let total = 0;
      for (;;) {
        const rows = await transaction(copy, "copy", () => oneBatch(primary, copy, watermark));
        total += rows;
        if (rows < batchRows) return total;
      }
    }),
  );
}

/** Where the naive follower begins: everything so far is on the copy. */
export async function beginNaively(places: { readonly primary: Place; readonly copy: Place }): Promise<void> {
  const [from] = await withSide(
    "primary",
    places.primary,
    (primary) =>
      primary<{ seq: string; xid: string }[]>`
        select coalesce(pg_sequence_last_value('sync_seq'::regclass), 0)::text as seq,
          pg_snapshot_xmax(pg_current_snapshot())::text as xid`,
  );
  await withSide("copy", places.copy, async (copy) => {
    await copy`create table sync_naive (xid xid8 not null, seq bigint not null)`;
    // What it gets wrong is to be seen, not to stop it.
    await copy`alter table beds drop constraint beds_holder_key`;
    await copy`insert into sync_naive values (${from?.xid ?? "0"}::text::xid8, ${from?.seq ?? "0"}::text::bigint)`;
  });
}

interface Row {
  readonly xid: string;
  readonly seq: string;
  readonly layout: number;
  readonly op: string;
  readonly pk: string;
  readonly img: string | null;
}

async function oneBatch(primary: Session, copy: Session, watermark: Watermark): Promise<number> {
  const [last] = await copy<{ xid: string; seq: string }[]>`
    select xid::text, seq::text from sync_naive for update`;
  if (last === undefined) throw new Error("The naive follower has no place to begin.");
  const rows =
    watermark === "seq"
      ? await primary<Row[]>`
          select xid::text, seq::text, layout, op::text, pk, img::text from sync_log
          where seq > ${last.seq}::text::bigint order by seq limit ${batchRows}`
      : await primary<Row[]>`
          select xid::text, seq::text, layout, op::text, pk, img::text from sync_log
          where xid < pg_snapshot_xmin(pg_current_snapshot()) and (xid, seq) > (${last.xid}::text::xid8, ${last.seq}::text::bigint)
          order by xid, seq limit ${batchRows}`;
  const final = rows.at(-1);
  if (final === undefined) return 0;
  // Staged in the order in which the watermark brings them.
  const given = JSON.stringify(
    rows.map(({ layout, op, pk, img }, index) => ({ seq: index + 1, layout, op, pk, img })),
  );
  await copy`
    insert into sync_staging (seq, layout, op, pk, img)
    select seq, layout, op::"char", pk, img
    from jsonb_to_recordset(${given}::text::jsonb) as r(seq bigint, layout int, op text, pk text, img text)`;
  const described = await primary<{ layouts: string; tables: Record<string, number[]> }[]>`
    select jsonb_object_agg(id, jsonb_build_object('table', table_name, 'columns', columns, 'keys', keys, 'shape', shape))::text as layouts,
      (select jsonb_object_agg(t, ids) from (select table_name as t, jsonb_agg(id) as ids from sync_layout group by 1) by_table) as tables
    from sync_layout`;
  const used = new Set(rows.map((row) => row.layout));
  for (const [table, ids] of Object.entries(described[0]?.tables ?? {})) {
    const layouts = ids.filter((id) => used.has(id));
    if (layouts.length > 0)
      await copy`select sync_apply_table(${table}, ${`{${layouts.join(",")}}`}::text::int[], ${described[0]?.layouts ?? "{}"}::text::jsonb)`;
  }
  await copy`delete from sync_staging`;
  await copy`update sync_naive set xid = ${final.xid}::text::xid8, seq = ${final.seq}::text::bigint`;
  return rows.length;
}
