import { getTableColumns } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { type TSchema, t } from "elysia";
import { pagingQuery, searchText, uuid } from "../../input.ts";

export const ofPatient = t.Object({ id: uuid() });
export const entriesQuery = t.Object(pagingQuery);
export const observationsQuery = t.Object({
  ...pagingQuery,
  category: t.Optional(searchText(100, "`vital-signs`, `laboratory`, `survey`, `social-history`, `exam` …")),
});

/** The JSON of a table's row, as the API guide shows it: instants in UTC, decimals as text with the digits they came with. */
export function rowSchema(table: PgTable, title: string, further: Record<string, TSchema> = {}): TSchema {
  const properties: Record<string, TSchema> = {};
  for (const [name, column] of Object.entries(getTableColumns(table))) {
    const schema = columnSchema(column);
    properties[name] = column.notNull ? schema : t.Nullable(schema);
  }
  return t.Object({ ...properties, ...further }, { title });
}

function columnSchema(column: {
  readonly dataType: string;
  readonly columnType: string;
  readonly enumValues?: string[] | undefined;
}): TSchema {
  if (column.enumValues !== undefined && column.enumValues.length > 0)
    return t.Unsafe({ type: "string", enum: [...column.enumValues] });
  if (column.columnType === "PgUUID") return t.String({ format: "uuid" });
  if (column.columnType === "PgNumeric") return t.String({ description: "A decimal, as text." });
  if (column.dataType === "date") return t.String({ format: "date-time" });
  if (column.dataType === "boolean") return t.Boolean();
  if (column.dataType === "number") return t.Integer();
  if (column.dataType === "array") return t.Array(t.String());
  return t.String();
}
