import type { Place } from "../../db/planes.ts";
import { on, withSide } from "./sides.ts";

/** One change that never reached the copy. */
export interface UnsentRow {
  readonly seq: number;
  readonly table: string | null;
  readonly op: string;
  readonly key: string;
  readonly image: unknown;
}

const batch = 1_000;

/** What a database wrote beyond a tick (null: beyond what was acknowledged), oldest first, a batch at a time. */
export async function* readUnsent(place: Place, tick: number | null): AsyncGenerator<UnsentRow> {
  let after = -1;
  for (;;) {
    const from = after;
    const rows = await withSide("primary", place, (session) =>
      on(
        "primary",
        session<UnsentRow[]>`
          select seq::float8 as seq, table_name as "table", op, pk as key, img as image
          from sync_unsent(${tick}) where seq > ${from} order by seq limit ${batch}`,
      ),
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) return;
    after = last.seq;
  }
}
