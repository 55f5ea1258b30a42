import { type SQL, sql } from "drizzle-orm";
import { type AuditFacts, type LaneEnd, macOf, sealOf } from "./chain.ts";
import { type AuditDb, type AuditTables, actLanes, readLanes } from "./planes.ts";

export type LaneKind = "act" | "read";

type EndRow = LaneEnd & { readonly seal: string };

async function rowsOf<Row>(db: AuditDb, statement: SQL): Promise<readonly Row[]> {
  return Array.from((await db.execute(statement)) as unknown as Iterable<Row>);
}

const asEnd = sql.raw(`lane, n::float8 as n, mac, last_id as "lastId", seal`);

/** Whether the seal is the app's: an end that somebody moved is not gone on from, it stays as it lies. */
function isWhole(key: Uint8Array, end: EndRow): boolean {
  return sealOf(key, end) === end.seal;
}

/**
 * A lane for an act, held until its transaction ends: a free one where there is one, so that acts at once wait for
 * each other only when there are more of them than lanes.
 */
export async function takeActLane(tx: AuditDb, tables: AuditTables, key: Uint8Array): Promise<LaneEnd> {
  const lanes = sql.identifier(tables.lanes);
  const broken: number[] = [];
  for (;;) {
    const others = broken.length === 0 ? sql`` : sql`and lane <> all (${`{${broken.join(",")}}`}::int[])`;
    const wanted = sql`select ${asEnd} from ${lanes} where kind = 'act' ${others}`;
    const [free] = await rowsOf<EndRow>(tx, sql`${wanted} order by lane limit 1 for update skip locked`);
    if (free !== undefined) {
      if (isWhole(key, free)) return free;
      broken.push(free.lane);
      continue;
    }
    const [any] = await rowsOf<EndRow>(tx, sql`${wanted} order by random() limit 1 for update`);
    if (any === undefined) await layLanes(tx, tables, key);
    else if (isWhole(key, any)) return any;
    else broken.push(any.lane);
  }
}

/** The ends of the lanes for looks that are whole; lays lanes where there are none. */
export async function readLaneEnds(
  db: AuditDb,
  tables: AuditTables,
  key: Uint8Array,
): Promise<readonly LaneEnd[]> {
  for (;;) {
    const ends = await rowsOf<EndRow>(
      db,
      sql`select ${asEnd} from ${sql.identifier(tables.lanes)} where kind = 'read'`,
    );
    const whole = ends.filter((end) => isWhole(key, end));
    if (whole.length > 0) return whole;
    await layLanes(db, tables, key);
  }
}

/**
 * Lays a set of empty lanes after all there are, whether their ends are there or not: a chain whose ends somebody
 * removed is not begun anew over itself.
 */
async function layLanes(db: AuditDb, tables: AuditTables, key: Uint8Array): Promise<void> {
  const rows = sql.identifier(tables.rows);
  const lanes = sql.identifier(tables.lanes);
  const [last] = await rowsOf<{ lane: number }>(
    db,
    sql`select greatest(
      coalesce((select max(lane) from ${lanes}), 0),
      coalesce((select lane from ${rows} where lane is not null order by lane desc limit 1), 0)) as lane`,
  );
  const first = (last?.lane ?? 0) + 1;
  const laid = Array.from({ length: actLanes + readLanes }, (_, index) => {
    const end = { lane: first + index, n: 0, mac: "", lastId: null };
    return { ...end, kind: index < actLanes ? "act" : "read", seal: sealOf(key, end) };
  });
  await db.execute(sql`
    insert into ${lanes} (lane, kind, n, mac, seal)
    select lane, kind, n, mac, seal
    from jsonb_to_recordset(${JSON.stringify(laid)}::text::jsonb)
      as laid (lane integer, kind text, n bigint, mac text, seal text)
    on conflict do nothing`);
}

/** Strings as Postgres keeps them: half a character, which a browser may send, becomes the mark for unknown ones. */
function wellFormed<Value>(value: Value): Value {
  if (typeof value === "string") return value.toWellFormed() as Value;
  if (Array.isArray(value)) return value.map(wellFormed) as Value;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]);
  return Object.fromEntries(entries) as Value;
}

/**
 * Adds rows to a lane after `end` and moves its end, in one statement: both or neither.
 * @returns the lane's new end; null where the lane had moved on from `end`, and nothing was written.
 */
export async function addToLane(
  db: AuditDb,
  tables: AuditTables,
  key: Uint8Array,
  end: LaneEnd,
  given: readonly AuditFacts[],
): Promise<LaneEnd | null> {
  const { lane } = end;
  let last = end;
  let lastAt = "";
  const rows = given.map((raw) => {
    const details: unknown = raw.details === null ? null : JSON.parse(JSON.stringify(raw.details));
    const facts = wellFormed({ ...raw, details });
    const n = last.n + 1;
    const mac = macOf(key, facts, { lane, n, prev: last.lastId }, last.mac);
    const row = asRow(tables, facts, { n, prev: last.lastId, mac });
    last = { lane, n, mac, lastId: facts.id };
    lastAt = facts.at.toISOString();
    return row;
  });
  const names = sql.raw(
    `id, at, actor_kind, actor_id, actor_name, event, ${tables.subject}, entity, entity_id, reason, request_id, address, details, read`,
  );
  const written = await rowsOf<{ id: string }>(
    db,
    sql`with moved as (
          update ${sql.identifier(tables.lanes)}
          set n = ${last.n}::bigint, mac = ${last.mac}, last_id = ${last.lastId}::uuid, last_at = ${lastAt}::timestamptz,
              seal = ${sealOf(key, last)}
          where lane = ${lane} and n = ${end.n}::bigint and mac = ${end.mac} returning lane)
        insert into ${sql.identifier(tables.rows)} (${names}, lane, n, prev, mac)
        select ${names}, moved.lane, n, prev, mac
        from moved cross join jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as given (
          id uuid, at timestamptz, actor_kind text, actor_id uuid, actor_name text, event text,
          ${sql.raw(tables.subject)} uuid, entity text, entity_id text, reason text, request_id text, address text,
          details jsonb, read boolean, n bigint, prev uuid, mac text)
        returning id`,
  );
  if (written.length === given.length) return last;
  if (written.length === 0) return null;
  throw new Error("Some rows of the audit were written and others were not.");
}

function asRow(
  tables: AuditTables,
  facts: AuditFacts,
  place: { readonly n: number; readonly prev: string | null; readonly mac: string },
): Record<string, unknown> {
  const { actorKind, actorId, actorName, subjectId, entityId, requestId, ...named } = facts;
  return {
    ...named,
    ...{ actor_kind: actorKind, actor_id: actorId, actor_name: actorName, [tables.subject]: subjectId },
    ...{ entity_id: entityId, request_id: requestId, ...place },
  };
}
