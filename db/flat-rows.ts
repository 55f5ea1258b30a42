import { Column, is, SQL } from "drizzle-orm";

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

/** What drizzle keeps of a prepared statement, as far as it is needed here. */
interface Prepared {
  readonly fields?: readonly { readonly path: readonly string[]; readonly field: unknown }[];
  customResultMapper?: (rows: readonly (readonly unknown[])[]) => unknown;
}

/**
 * Has a prepared statement's rows made by a plan that is laid once, for lists that are read all day: drizzle looks up
 * each column's decoder anew for every value. The rows are the same; a select of tables within a row is left as it is.
 */
export function flatRows<Statement>(statement: Statement): Statement {
  const prepared = statement as Prepared;
  const { fields } = prepared;
  if (fields === undefined || fields.some(({ path }) => path.length !== 1)) return statement;
  const plan = fields.map(({ path, field }) => ({ name: path[0] ?? "", decoder: decoderOf(field) }));
  prepared.customResultMapper = (rows) =>
    rows.map((row) => {
      const made: Record<string, unknown> = {};
      for (let n = 0; n < plan.length; n += 1) {
        const { name, decoder } = plan[n] as (typeof plan)[number];
        const value = row[n];
        made[name] = value === null || decoder === null ? value : decoder.mapFromDriverValue(value);
      }
      return made;
    });
  return statement;
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
