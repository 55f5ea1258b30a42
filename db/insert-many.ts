import { getTableColumns, getTableName, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { HospitalTx } from "./planes.ts";

const rowsAStatement = 2_000;
const rowsOf = <Row>(result: unknown) => Array.from(result as Iterable<Row>);

/** The name that the schema's casing gives a column: `importSource` is `import_source`. */
function columnName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Inserts many rows with one short statement for each 2,000 of them, whatever their number: the rows travel as one
 * JSON value and the statement stays the same, so that the server plans it once. Rows that a unique index already
 * holds are left out. Every row has the keys of the first; columns without a key take their default in the database.
 * @returns the ids of the rows that were added.
 */
export async function insertMany<Table extends PgTable>(
  tx: HospitalTx,
  table: Table,
  rows: readonly (InferInsertModel<Table> & { readonly id: string })[],
): Promise<readonly string[]> {
  const first = rows[0];
  if (first === undefined) return [];
  const columns = getTableColumns(table);
  const names: SQL[] = [];
  const types: SQL[] = [];
  for (const [key, column] of Object.entries(columns)) {
    if (!(key in first)) continue;
    const name = sql.identifier(columnName(key));
    names.push(sql`${name}`);
    types.push(sql`${name} ${sql.raw(column.getSQLType())}`);
  }
  const list = sql.join(names, sql`, `);
  const shape = sql.join(types, sql`, `);
  const into = sql.identifier(getTableName(table));
  const added: string[] = [];
  for (let start = 0; start < rows.length; start += rowsAStatement) {
    const batch = rows
      .slice(start, start + rowsAStatement)
      .map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [columnName(key), value ?? null])),
      );
    const result = await tx.execute(
      sql`insert into ${into} (${list}) select ${list} from jsonb_to_recordset(${JSON.stringify(batch)}::text::jsonb) as given (${shape}) on conflict do nothing returning id`,
    );
    for (const { id } of rowsOf<{ id: string }>(result)) added.push(id);
  }
  return added;
}
