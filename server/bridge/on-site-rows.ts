import { withCopy } from "../sync/copy-sessions.ts";
import { on } from "../sync/sides.ts";
import type { Services } from "../tenancy/services.ts";
import { copyPlaceOf, knownSequences } from "./on-site.ts";

/** A synced table, with the columns whose values travel. */
export interface SourceTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** Names and bounds of its partitions (JSON text); null: it has none. */
  readonly partitions: string | null;
}

/** Rows of one key range: where it ends, their count, checksum, and themselves (JSON text) where they were wanted. */
export interface SourceRange {
  /** JSON text of the last key; null: the table's end. */
  readonly upto: string | null;
  readonly rows: number;
  readonly sum: string;
  readonly body: string | null;
}

/** The tables of a hospital here, for a server that fetches them. */
// open: asked for by the hospital's server, which has proved who it is
export async function listSourceTables(
  services: Services,
  tenantId: string,
): Promise<readonly SourceTable[]> {
  return withCopy(await copyPlaceOf(services, tenantId), (session) =>
    on(
      "copy",
      session<SourceTable[]>`
        select table_name as "table", (select jsonb_agg(key order by key collate "C") from jsonb_object_keys(columns) key) as columns,
          sync_partitions(table_name)::text as partitions
        from sync_tables()`,
    ),
  );
}

/** The next `size` rows of a table beyond `after`, or the rows up to a key that was told before. */
// open: asked for by the hospital's server, which has proved who it is
export async function readSourceRange(
  services: Services,
  tenantId: string,
  asked: {
    readonly table: string;
    readonly after: string | null;
    readonly size: number;
    readonly withRows: boolean;
  },
): Promise<SourceRange> {
  const { table, after, size, withRows } = asked;
  const [range] = await withCopy(await copyPlaceOf(services, tenantId), (session) =>
    on(
      "copy",
      session<SourceRange[]>`
        select upto::text, n::float8 as rows, sum, rows as body
        from sync_next_range(${table}, ${after}::text::jsonb, ${size}, ${withRows})`,
    ),
  );
  if (range === undefined) throw new Error("A range was asked for and none was answered.");
  return range;
}

/** By name the highest number that was issued here or that a server of the hospital has told of. */
// open: asked for by the hospital's server, which has proved who it is
export async function readSequences(services: Services, tenantId: string): Promise<Record<string, string>> {
  const [row] = await withCopy(await copyPlaceOf(services, tenantId), (session) =>
    on("copy", session<{ all: Record<string, string> }[]>`select sync_sequences() as all`),
  );
  const highest: Record<string, string> = { ...row?.all };
  for (const told of await knownSequences(services, tenantId))
    for (const [name, last] of Object.entries(told))
      if (BigInt(last) > BigInt(highest[name] ?? "0")) highest[name] = last;
  return highest;
}
