import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { is } from "drizzle-orm";
import { CasingCache } from "drizzle-orm/casing";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { openClient } from "../../db/connect.ts";
import { ensureDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { testCluster } from "../support/database.ts";

const planes = ["control", "hospital"] as const;
const root = `${import.meta.dir}/../..`;
const places = new Map<string, Place>();
const casing = new CasingCache("snake_case");

/** Drizzle writes `timestamp (3) with …` and `numeric(14, 4)`, Postgres leaves the blanks out. */
const asPostgresSays = (type: string) => type.replace(" (", "(").replace(", ", ",");

async function tablesOf(plane: string): Promise<PgTable[]> {
  const tables: PgTable[] = [];
  for await (const file of new Glob(`db/schema/${plane}/*.ts`).scan(root)) {
    const exported: unknown = await import(`${root}/${file}`);
    for (const value of Object.values(exported as Record<string, unknown>))
      if (is(value, PgTable)) tables.push(value);
  }
  return tables;
}

beforeAll(async () => {
  const { local } = await testCluster();
  for (const plane of planes) {
    const database = `schema_${plane}_${Bun.randomUUIDv7().slice(-12)}`;
    await ensureDatabase(local, database);
    const place = { ...local, database, schema: plane };
    await migrate(place, plane);
    places.set(plane, place);
  }
});

afterAll(() => places.clear());

describe.each(planes)("the %s plane", (plane) => {
  test("has in the database the columns that the code knows", async () => {
    const place = places.get(plane);
    if (place === undefined) throw new Error(`${plane} was not migrated.`);
    const client = openClient(place, { max: 1 });
    try {
      const rows = await client<{ table_name: string; generated: boolean; said: string }[]>`
        select c.relname as table_name, a.attgenerated <> '' as generated, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attnotnull then ' not null' else '' end as said
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and a.attnum > 0 and not a.attisdropped`;
      const tables = await tablesOf(plane);
      expect(tables.length).toBeGreaterThan(5);
      for (const table of tables) {
        const { name, columns } = getTableConfig(table);
        const known = columns.map(
          (column) =>
            `${casing.getColumnCasing(column)} ${asPostgresSays(column.getSQLType())}${column.notNull ? " not null" : ""}`,
        );
        expect({ table: name, columns: known.sort() }).toEqual({
          table: name,
          // A column that Postgres computes by itself may be left to SQL.
          columns: rows
            .filter((row) => row.table_name === name && (!row.generated || known.includes(row.said)))
            .map((row) => row.said)
            .sort(),
        });
      }
    } finally {
      await client.end();
    }
  });
});
