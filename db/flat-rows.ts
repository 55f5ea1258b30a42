import { Column, is, SQL } from "drizzle-orm";

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

/** What drizzle keeps of a prepared statement, as far as it is needed here. */
interface Prepared {
  readonly fields?: readonly { readonly path: readonly string[]; readonly field: unknown }[];
  customResultMapper?: (rows: readonly (readonly unknown[])[]) => unknown;
}

/** One value of a row: its place among the columns, its name, and who makes it of the driver's value. */
interface Cell {
  readonly at: number;
  readonly name: string;
  readonly decoder: Decoder | null;
}

/**
 * Has a prepared statement's rows made by a plan that is laid once, for lists that are read all day: drizzle looks up
 * each column's decoder anew for every value. The rows are the same, also where columns are selected as an object of
 * their own; a select that goes deeper, or whose object may be missing (an outer join), is not for this.
 */
export function flatRows<Statement>(statement: Statement): Statement {
  const prepared = statement as Prepared;
  const { fields } = prepared;
  if (fields === undefined || fields.some(({ path }) => path.length > 2)) return statement;
  const own: Cell[] = [];
  const objects = new Map<string, Cell[]>();
  for (const [at, { path, field }] of fields.entries()) {
    const [first = "", second] = path;
    const cell = { at, name: second ?? first, decoder: decoderOf(field) };
    if (second === undefined) own.push(cell);
    else objects.set(first, [...(objects.get(first) ?? []), cell]);
  }
  prepared.customResultMapper = (rows) =>
    rows.map((row) => {
      const made = madeOf(row, own);
      for (const [name, cells] of objects) made[name] = madeOf(row, cells);
      return made;
    });
  return statement;
}

function madeOf(row: readonly unknown[], cells: readonly Cell[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { at, name, decoder } of cells) {
    const value = row[at];
    made[name] = value === null || decoder === null ? value : decoder.mapFromDriverValue(value);
  }
  return made;
}

/** Null where the driver's value is taken as it comes. */
function decoderOf(field: unknown): Decoder | null {
  if (is(field, Column)) {
    const plain = field.mapFromDriverValue === Column.prototype.mapFromDriverValue;
    return plain ? null : (field as Decoder);
  }
  if (is(field, SQL)) return Reflect.get(field, "decoder") as Decoder;
  if (is(field, SQL.Aliased)) return Reflect.get(field.sql, "decoder") as Decoder;
  throw new Error("Of this column it is not known how it is read.");
}
