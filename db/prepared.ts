import type postgres from "postgres";

type Unsafe = postgres.Sql["unsafe"];

/** Statements that connections keep prepared, at most; each costs memory in every connection that has run it. */
const keptAtMost = 400;
/** Longer ones (many rows inserted at once) come in as many forms as there are numbers of rows. */
const parametersAtMost = 40;

/** Which statements are worth preparing: those that come again. The first few hundred stay so. */
export class Repeated {
  readonly #once = new Set<string>();
  readonly #again = new Set<string>();

  /** Whether to prepare this statement, which is about to run with so many parameters. */
  has(statement: string, parameters: number): boolean {
    if (parameters === 0 || parameters > parametersAtMost) return false;
    if (this.#again.has(statement)) return true;
    if (this.#again.size >= keptAtMost) return false;
    if (!this.#once.has(statement)) {
      if (this.#once.size >= keptAtMost) this.#once.clear();
      this.#once.add(statement);
      return false;
    }
    this.#once.delete(statement);
    this.#again.add(statement);
    return true;
  }
}

/**
 * Has a client prepare what it is asked again and again. Drizzle says of each statement without a name that it is
 * not to be prepared; such a one is parsed and planned each time, and takes two round trips instead of one.
 */
export function preparing<T extends { unsafe: Unsafe }>(client: T, repeated: Repeated): T {
  const unsafe = client.unsafe.bind(client);
  client.unsafe = ((statement: string, values?: never[], options?: postgres.UnsafeQueryOptions) =>
    unsafe(statement, values, {
      ...options,
      prepare: options?.prepare === true || repeated.has(statement, values?.length ?? 0),
    })) as Unsafe;
  return client;
}
