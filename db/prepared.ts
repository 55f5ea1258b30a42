import type postgres from "postgres";

type Unsafe = postgres.Sql["unsafe"];

/** Statements that connections keep prepared, at most; each costs memory in every connection that has run it. */
const keptAtMost = 400;
/** So often a statement has to come before it is kept: lists of ids come in as many forms as they have lengths. */
const timesAtLeast = 5;
/** Statements that are counted at once; where more have come, counting begins anew. */
const countedAtMost = 1_000;
/** Longer ones (many rows inserted at once) are never kept. */
const parametersAtMost = 40;

/** Which statements are worth preparing: those that come again and again. The first few hundred of them stay so. */
export class Repeated {
  readonly #counted = new Map<string, number>();
  readonly #kept = new Set<string>();

  /** Whether to prepare this statement, which is about to run with so many parameters. */
  has(statement: string, parameters: number): boolean {
    if (parameters === 0 || parameters > parametersAtMost) return false;
    if (this.#kept.has(statement)) return true;
    if (this.#kept.size >= keptAtMost) return false;
    const times = (this.#counted.get(statement) ?? 0) + 1;
    if (times >= timesAtLeast) {
      this.#counted.delete(statement);
      this.#kept.add(statement);
      return true;
    }
    if (this.#counted.size >= countedAtMost) this.#counted.clear();
    this.#counted.set(statement, times);
    return false;
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
