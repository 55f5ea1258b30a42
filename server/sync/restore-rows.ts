import type { Place } from "../../db/planes.ts";
import { carry } from "./carry.ts";
import { on, type Session, transaction, withSide } from "./sides.ts";

/** The tables that a restore brings back, in the order of their names. */
export async function tablesOf(copy: Place): Promise<readonly string[]> {
  return withSide("copy", copy, async (session) => {
    const rows = await on("copy", session<{ name: string }[]>`select table_name as name from sync_tables()`);
    return rows.map(({ name }) => name);
  });
}

const stallMs = 120_000;

/**
 * Brings one table over: its partitions, then every row, as one transaction, so that it is there whole or not at
 * all. Done again it is replaced. Knows no table by name. @returns its rows.
 */
export async function loadTable(copy: Session, target: Session, name: string): Promise<number> {
  const [source] = await on(
    "copy",
    copy<{ listed: string; full: string; partitions: string | null }[]>`
      select (select string_agg(quote_ident(key), ', ' order by key) from jsonb_object_keys(t.columns) key) as listed,
        format('%I.%I', current_schema(), t.table_name) as full, sync_partitions(t.table_name)::text as partitions
      from sync_tables() t where t.table_name = ${name}`,
  );
  if (source === undefined) throw new Error(`Table ${name} is not on the copy.`);
  const { listed, full, partitions } = source;
  return transaction(target, "primary", async () => {
    if (partitions !== null)
      await on("primary", target`select sync_make_partitions(${name}, ${partitions}::text::jsonb)`);
    await on("primary", target.unsafe(`delete from ${full}`));
    await carry(
      { side: "copy", session: copy, sql: `copy (select ${listed} from ${full}) to stdout` },
      { side: "primary", session: target, sql: `copy ${full} (${listed}) from stdin` },
      stallMs,
    );
    const [counted] = await on(
      "primary",
      target.unsafe<{ n: number }[]>(`select count(*)::float8 as n from ${full}`),
    );
    return counted?.n ?? 0;
  });
}

/** The planner's knowledge, of tables that came by COPY. Not worth failing for. */
export async function analyzeTable(target: Session, name: string): Promise<void> {
  await on("primary", target.unsafe(`analyze "${name.replaceAll('"', '""')}"`));
}

/** Text that both servers write alike, whatever is set for their databases. */
export async function speakAlike(...sessions: readonly Session[]): Promise<void> {
  for (const session of sessions)
    await session.unsafe(
      "set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; set extra_float_digits to 1; set timezone to 'UTC'; set bytea_output to 'hex'",
    );
}

interface Sum {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sum: string;
}

/** Counts and checksums every table on both sides. A table that the other side lacks is not equal. */
export async function compareTables(
  copy: Place,
  target: Place,
): Promise<Readonly<Record<string, { readonly rows: number; readonly equal: boolean }>>> {
  const theirs = await withSide("copy", copy, (session) =>
    on(
      "copy",
      session<
        Sum[]
      >`select table_name as "table", columns, n::float8 as rows, sum::text from sync_checksums(null)`,
    ),
  );
  const given = JSON.stringify(Object.fromEntries(theirs.map(({ table, columns }) => [table, columns])));
  const ours = await withSide("primary", target, (session) =>
    on(
      "primary",
      session<Sum[]>`
        select table_name as "table", columns, n::float8 as rows, sum::text
        from sync_checksums(${given}::text::jsonb)`,
    ),
  );
  const own = new Map(ours.map((sum) => [sum.table, sum]));
  return Object.fromEntries(
    theirs.map(({ table, rows, sum }) => {
      const other = own.get(table);
      return [table, { rows, equal: other !== undefined && other.rows === rows && other.sum === sum }];
    }),
  );
}
