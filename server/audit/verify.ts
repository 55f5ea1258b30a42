import type { Session } from "../../db/migrate-lock.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { type LaneEnd, sealOf } from "./chain.ts";
import { classify } from "./classify.ts";
import { brokenRow, type Found, LaneWalk, type StoredRow, storedColumns } from "./lane-walk.ts";
import type { AuditTables } from "./planes.ts";
import type { AuditVerdict, KnownEnd } from "./verdict.ts";

const rowsAtOnce = 2_000;
const keptAtMost = 1_000;

type StoredEnd = LaneEnd & { readonly seal: string; readonly kind: string };

/**
 * Proves every row of an audit, lane by lane in one snapshot, while the hospital goes on working.
 * @param known places that lanes are known to have reached, from where the database's ruler does not reach; read
 *   before this call, since the chain goes on.
 */
export async function verifyAudit(
  place: Place,
  tables: AuditTables,
  key: Uint8Array,
  known: readonly KnownEnd[] = [],
): Promise<AuditVerdict> {
  const started = performance.now();
  return withSession(place, async (session) => {
    await session.unsafe("begin isolation level repeatable read read only");
    // Through the index in the order of the numbers: ten million rows are not sorted on disk.
    await session.unsafe("set local enable_sort = off; set local enable_seqscan = off");
    const found: Found[] = [];
    const report = (one: Found) => {
      if (found.length < keptAtMost) found.push(one);
    };
    const stored = await session.unsafe<StoredEnd[]>(
      `select lane, kind, n::float8 as n, mac, last_id as "lastId", seal from ${tables.lanes} order by lane`,
    );
    const ends = new Map(
      stored.filter((end) => sealOf(key, end) === end.seal).map((end) => [end.lane, end] as const),
    );
    let rows = 0;
    const lanes = new Set([
      ...stored.map((end) => end.lane),
      ...known.map((end) => end.lane),
      ...(await lanesIn(session, tables)),
    ]);
    for (const lane of [...lanes].sort((a, b) => a - b)) {
      const ofLane = known.filter((end) => end.lane === lane);
      const walk = new LaneWalk(key, lane, ends.get(lane) ?? null, ofLane, report);
      rows += await walkLane(session, tables, lane, walk);
    }
    rows += await placeless(session, tables, report);
    await session.unsafe("commit");
    found.sort((a, b) => a.around - b.around);
    const broken = classify(key, found);
    return {
      ...{ whole: broken.length === 0, rows, first: broken[0] ?? null, broken },
      ends: [...ends.values()].map(({ lane, n, mac }) => ({ lane, n, mac })),
      tookMs: Math.round(performance.now() - started),
    };
  });
}

async function walkLane(
  session: Session,
  tables: AuditTables,
  lane: number,
  walk: LaneWalk,
): Promise<number> {
  let rows = 0;
  const cursor = session
    .unsafe<StoredRow[]>(`select ${storedColumns(tables)} from ${tables.rows} where lane = $1 order by n`, [
      lane,
    ])
    .cursor(rowsAtOnce);
  for await (const batch of cursor) {
    for (const row of batch) walk.next(row);
    rows += batch.length;
  }
  walk.close();
  return rows;
}

/** The lanes that rows name, whether their ends are there or not; through the index, one step a lane. */
async function lanesIn(session: Session, tables: AuditTables): Promise<readonly number[]> {
  const rows = await session.unsafe<{ lane: number }[]>(`
    with recursive lanes as (
      (select lane from ${tables.rows} where lane is not null order by lane limit 1)
      union all
      select (select r.lane from ${tables.rows} r where r.lane > l.lane order by r.lane limit 1)
      from lanes l where l.lane is not null)
    select lane from lanes where lane is not null`);
  return rows.map((row) => row.lane);
}

async function placeless(
  session: Session,
  tables: AuditTables,
  report: (found: Found) => void,
): Promise<number> {
  const rows = await session.unsafe<StoredRow[]>(
    `select ${storedColumns(tables)} from ${tables.rows} where lane is null order by at, id limit ${keptAtMost}`,
  );
  for (const row of rows)
    report(brokenRow(row, "inserted", "The app never gave this row a place in the chain."));
  return rows.length;
}
