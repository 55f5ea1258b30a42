import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/**
 * The two planes as types. A hospital's transaction handed to a rule of the owner plane, or the other way
 * round, does not compile. Only `db/connect.ts` makes them.
 */
declare const plane: unique symbol;

type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** Reads on the control database, each statement by itself. */
export type ControlDb = Database & { readonly [plane]: "control" };
/** One transaction on the control database. Also usable where a `ControlDb` is asked for. */
export type ControlTx = ControlDb & { readonly [plane]: "control"; readonly inTransaction: true };
/** Reads on one hospital's database, each statement by itself. */
export type HospitalDb = Database & { readonly [plane]: "hospital" };
/** One transaction on one hospital's database. Also usable where a `HospitalDb` is asked for. */
export type HospitalTx = HospitalDb & { readonly [plane]: "hospital"; readonly inTransaction: true };

/** Where one database is and who signs in to it. `schema` is first on the search path. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly schema: string;
}
