import { type SQL, sql } from "drizzle-orm";
import { isId } from "../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../paging.ts";
import type { AuditDb, AuditTables } from "./planes.ts";

/** One row of an audit, for people to read. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly event: string;
  readonly subjectId: string | null;
  readonly entity: string;
  readonly entityId: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly read: boolean;
}

/** Which rows of an audit; all that are given must hold. */
export interface AuditFilter {
  /** Anyone of these acted. None: no row at all. */
  readonly actorIds?: readonly string[] | undefined;
  readonly actorKind?: string | undefined;
  /** The patient, or the hospital, that it concerns. */
  readonly subjectId?: string | undefined;
  /** Only of these hospitals; for who may see no others. */
  readonly subjects?: readonly string[] | undefined;
  readonly event?: string | undefined;
  readonly read?: boolean | undefined;
  readonly from?: Date | undefined;
  /** Up to here, this instant left out. */
  readonly until?: Date | undefined;
  /** In what somebody wrote as a reason, or what an act names. Looks have neither. */
  readonly text?: string | undefined;
}

export interface AuditPaging {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const columnsOf = (tables: AuditTables) =>
  sql.raw(`id, at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", event,
    ${tables.subject} as "subjectId", entity, entity_id as "entityId", reason, request_id as "requestId", address,
    details, read`);

const words = sql.raw(
  "not read and (reason is not null or details is not null) and lower(coalesce(reason, '') || ' ' || coalesce(details::text, ''))",
);

const listOf = (ids: readonly string[]) => sql`${`{${ids.join(",")}}`}::text::uuid[]`;

function conditionsOf(tables: AuditTables, filter: AuditFilter, after: Place | null): SQL {
  const subject = sql.raw(tables.subject);
  const all = [
    ...(filter.actorKind === undefined ? [] : [sql`actor_kind = ${filter.actorKind}`]),
    ...(filter.subjectId === undefined ? [] : [sql`${subject} = ${filter.subjectId}::uuid`]),
    ...(filter.subjects === undefined ? [] : [sql`${subject} = any (${listOf(filter.subjects)})`]),
    ...(filter.event === undefined ? [] : [sql`event = ${filter.event}`]),
    ...(filter.read === undefined ? [] : [filter.read ? sql`read` : sql`not read`]),
    ...(filter.from === undefined ? [] : [sql`at >= ${filter.from.toISOString()}::timestamptz`]),
    ...(filter.until === undefined ? [] : [sql`at < ${filter.until.toISOString()}::timestamptz`]),
    ...(filter.text === undefined
      ? []
      : [sql`${words} like '%' || ${filter.text.toLowerCase().replace(/[\\%_]/g, "\\$&")}::text || '%'`]),
    // The first by itself leaves later months unopened; the second goes on within the instant.
    ...(after === null
      ? []
      : [sql`at <= ${after.at}::timestamptz and (at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ];
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `);
}

interface Place {
  readonly at: string;
  readonly id: string;
}

function readPlace(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [at, id] = decodeCursor(cursor, 2);
  if (typeof at === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && !Number.isNaN(Date.parse(at)))
    if (isId(id)) return { at, id };
  decodeCursor("", 2);
  return null;
}

/** A page of an audit, the latest first. @throws AppError invalid (422) for a cursor that is not of this list. */
export async function listAudit(
  db: AuditDb,
  tables: AuditTables,
  filter: AuditFilter,
  paging: AuditPaging = {},
): Promise<PageOf<AuditRow>> {
  if (filter.actorIds?.length === 0) return { items: [], nextCursor: null };
  const limit = paging.limit ?? 50;
  const conditions = conditionsOf(tables, filter, readPlace(paging.cursor));
  const rows = sql.raw(tables.rows);
  const order = sql`order by at desc, id desc limit ${limit + 1}`;
  const columns = columnsOf(tables);
  const found = Array.from(
    (await db.execute(
      // Person by person, each through the index, instead of all rows of the time looked through for theirs.
      filter.actorIds === undefined
        ? sql`select ${columns} from ${rows} where ${conditions} ${order}`
        : sql`select own.* from unnest(${listOf(filter.actorIds)}) who (id) cross join lateral
            (select ${columns} from ${rows} where actor_id = who.id and ${conditions} ${order}) own ${order}`,
    )) as unknown as Iterable<Omit<AuditRow, "at"> & { readonly at: string | Date }>,
  ).map((row): AuditRow => ({ ...row, at: new Date(row.at) }));
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    items: found.slice(0, limit),
    nextCursor: last === undefined ? null : encodeCursor([last.at.toISOString(), last.id]),
  };
}

const exportBatch = 1_000;

/** All rows of a filter, the latest first, a thousand in memory at a time. */
export async function* walkAudit(
  db: AuditDb,
  tables: AuditTables,
  filter: AuditFilter,
): AsyncGenerator<readonly AuditRow[]> {
  let cursor: string | undefined;
  do {
    const page = await listAudit(db, tables, filter, { limit: exportBatch, cursor });
    yield page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
