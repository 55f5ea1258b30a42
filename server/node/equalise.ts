import { AppError } from "../errors.ts";
import { codeOf } from "../sync/lost.ts";
import { on, type Session, transaction } from "../sync/sides.ts";
import type { OwnerLink } from "./owner-link.ts";

/** Rows asked for at once. */
const rangeRows = 1_500;

interface SourceTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly partitions?: string | null;
}

interface Range {
  readonly upto: string | null;
  readonly rows: number;
  readonly sum: string;
}

export interface Equalised {
  readonly tables: number;
  readonly rows: number;
  /** Rows that had to be fetched: the others were here already, and the same. */
  readonly fetched: number;
}

/**
 * Makes every table here equal to the owner's, key range by key range: a range whose count and checksum agree is
 * passed over, any other is fetched and put in place, and its checksum taken again. Cut off at any point, the next
 * run fetches only what is not equal yet. This database is a copy while it lasts.
 * @throws AppError conflict (409) `node.other-version` where the two sides' tables differ.
 */
export async function equaliseTables(
  session: Session,
  link: OwnerLink,
  progress: (table: string, rows: number) => void = () => {},
): Promise<Equalised> {
  const tables = JSON.parse((await link.send("/source/tables", "{}")).text) as readonly SourceTable[];
  await refuseOtherColumns(session, tables);
  let rows = 0;
  let fetched = 0;
  for (const { table, partitions } of tables) {
    if (partitions)
      await on("primary", session`select sync_make_partitions(${table}, ${partitions}::text::jsonb)`);
    const done = await equaliseOne(session, link, table, (so) => progress(table, rows + so));
    rows += done.rows;
    fetched += done.fetched;
  }
  return { tables: tables.length, rows, fetched };
}

async function refuseOtherColumns(session: Session, theirs: readonly SourceTable[]): Promise<void> {
  const ours = await on(
    "primary",
    session<SourceTable[]>`
      select table_name as "table", (select jsonb_agg(key order by key collate "C") from jsonb_object_keys(columns) key) as columns
      from sync_tables()`,
  );
  const text = (tables: readonly SourceTable[]) =>
    JSON.stringify(tables.map(({ table, columns }) => [table, [...columns].sort()]).sort());
  if (text(ours) === text(theirs)) return;
  throw new AppError(
    "conflict",
    "node.other-version",
    "This server and the owner's hold different tables. Bring both to the same version of Wardline, then run this again.",
  );
}

async function equaliseOne(
  session: Session,
  link: OwnerLink,
  table: string,
  progress: (rows: number) => void,
): Promise<{ readonly rows: number; readonly fetched: number }> {
  let cleared = false;
  for (;;) {
    try {
      return await passOver(session, link, table, progress);
    } catch (error) {
      // Something unique has moved to a row that is still to come: begin this table with none.
      if (cleared || (codeOf(error) !== "23505" && codeOf(error) !== "23P01")) throw error;
      cleared = true;
      await session.unsafe("rollback");
      await on("primary", session`select sync_replace_range(${table}, null, null, '[]')`);
    }
  }
}

async function passOver(
  session: Session,
  link: OwnerLink,
  table: string,
  progress: (rows: number) => void,
): Promise<{ readonly rows: number; readonly fetched: number }> {
  let after: string | null = null;
  let rows = 0;
  let fetched = 0;
  for (;;) {
    // Where nothing lies here beyond this key, the rows are asked for together with their checksum.
    const withRows = (await nextHere(session, table, after)) === 0;
    let { range, body }: Fetched = await ask(link, { table, after, size: rangeRows, withRows });
    if (!(await isEqual(session, table, after, range))) {
      if (!withRows) ({ range, body } = await ask(link, { table, after, size: rangeRows, withRows: true }));
      await putInPlace(session, table, after, range, body);
      fetched += range.rows;
    }
    rows += range.rows;
    progress(rows);
    if (range.upto === null) return { rows, fetched };
    after = range.upto;
  }
}

interface Fetched {
  readonly range: Range;
  readonly body: string;
}

async function ask(
  link: OwnerLink,
  asked: { table: string; after: string | null; size: number; withRows: boolean },
): Promise<Fetched> {
  const { headers, text } = await link.send("/source/range", JSON.stringify(asked), { timeoutMs: 120_000 });
  return { range: JSON.parse(headers.get("x-wardline-range") ?? "null") as Range, body: text };
}

async function nextHere(session: Session, table: string, after: string | null): Promise<number> {
  const [row] = await on(
    "primary",
    session<{ n: number }[]>`
      select n::float8 as n from sync_next_range(${table}, ${after}::text::jsonb, 1, false)`,
  );
  return row?.n ?? 0;
}

async function isEqual(
  session: Session,
  table: string,
  after: string | null,
  range: Range,
): Promise<boolean> {
  const [own] = await on(
    "primary",
    session<{ rows: number; sum: string }[]>`
      select n::float8 as rows, sum from sync_range(${table}, ${after}::text::jsonb, ${range.upto}::text::jsonb, false)`,
  );
  return own?.rows === range.rows && own.sum === range.sum;
}

async function putInPlace(
  session: Session,
  table: string,
  after: string | null,
  range: Range,
  body: string,
): Promise<void> {
  await transaction(session, "primary", async () => {
    await on(
      "primary",
      session`select sync_replace_range(${table}, ${after}::text::jsonb, ${range.upto}::text::jsonb, ${body}::text::jsonb)`,
    );
    if (await isEqual(session, table, after, range)) return;
    throw new AppError(
      "conflict",
      "node.rows-differ",
      `Rows of ${table} arrived and are not what was sent. Run this again.`,
    );
  });
}
