import { type Session, withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { type LaneEnd, macOf, sealOf } from "./chain.ts";
import { factsOf, type StoredRow, storedColumns } from "./lane-walk.ts";
import type { AuditTables } from "./planes.ts";

/** The lane of rows that were written before there was a chain. */
const beforeLane = 0;
const rowsAtOnce = 1_000;

/**
 * Gives the rows of an audit from before there was a chain their place in it, as they are now. Only once, and only
 * while the chain has no row of its own: later, a row without a place is one that the app never wrote.
 * @returns how many rows were taken in.
 */
export async function adoptRows(place: Place, tables: AuditTables, key: Uint8Array): Promise<number> {
  return withSession(place, async (session) => {
    await session.unsafe("begin");
    await session.unsafe(`lock table ${tables.lanes} in exclusive mode`);
    const [state] = await session.unsafe<{ wanted: boolean }[]>(
      `select not exists (select from ${tables.lanes}) and not exists (select from ${tables.rows} where lane is not null)
         and exists (select from ${tables.rows}) as wanted`,
    );
    const adopted = state?.wanted === true ? await adoptAll(session, tables, key) : 0;
    await session.unsafe("commit");
    return adopted;
  });
}

async function adoptAll(session: Session, tables: AuditTables, key: Uint8Array): Promise<number> {
  let end: LaneEnd = { lane: beforeLane, n: 0, mac: "", lastId: null };
  let lastAt: string | null = null;
  for (;;) {
    const rows = await session.unsafe<StoredRow[]>(
      `select ${storedColumns(tables)} from ${tables.rows} where lane is null order by at, id limit ${rowsAtOnce}`,
    );
    if (rows.length === 0) break;
    const places = rows.map((row) => {
      const n = end.n + 1;
      const prev = end.lastId;
      const mac = macOf(key, factsOf(row), { lane: beforeLane, n, prev }, end.mac);
      end = { lane: beforeLane, n, mac, lastId: row.id };
      lastAt = row.at;
      return { id: row.id, at: row.at, n, prev, mac };
    });
    await session.unsafe(
      `update ${tables.rows} r set lane = ${beforeLane}, n = p.n, prev = p.prev, mac = p.mac
       from jsonb_to_recordset($1::text::jsonb) as p (id uuid, at timestamptz, n bigint, prev uuid, mac text)
       where r.at = p.at and r.id = p.id`,
      [JSON.stringify(places)],
    );
  }
  await session.unsafe(
    `insert into ${tables.lanes} (lane, kind, n, mac, last_id, last_at, seal) values ($1, 'before', $2, $3, $4, $5::text::timestamptz, $6)`,
    [end.lane, end.n, end.mac, end.lastId, lastAt, sealOf(key, end)],
  );
  return end.n;
}
