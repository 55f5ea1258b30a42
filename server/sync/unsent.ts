import type { Place } from "../../db/planes.ts";
import { on, type Session, withSide } from "./sides.ts";

/** One change that never reached the copy. */
export interface UnsentRow {
  readonly seq: number;
  readonly table: string | null;
  readonly op: string;
  readonly key: string;
  readonly image: unknown;
}

const batch = 1_000;

/** A database that lost its place before images were rows has no function that names their columns, and no need of one. */
async function readBatch(
  session: Session,
  tick: number | null,
  after: number,
): Promise<readonly UnsentRow[]> {
  const [found] = await session<
    { knows: boolean }[]
  >`select to_regproc('sync_image_object') is not null as knows`;
  const image = found?.knows === true ? "sync_image_object(table_name, img)" : "img";
  return session.unsafe<UnsentRow[]>(
    `select seq::float8 as seq, table_name as "table", op, pk as key, ${image} as image
     from sync_unsent($1) where seq > $2 order by seq limit ${batch}`,
    [tick, after],
  );
}

/** What a database wrote beyond a tick (null: beyond what was acknowledged), oldest first, a batch at a time. */
export async function* readUnsent(place: Place, tick: number | null): AsyncGenerator<UnsentRow> {
  let after = -1;
  for (;;) {
    const from = after;
    const rows = await withSide("primary", place, (session) => on("primary", readBatch(session, tick, from)));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) return;
    after = last.seq;
  }
}
