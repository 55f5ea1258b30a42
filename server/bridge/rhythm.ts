const shortestMs = 2_000;
/** A quiet hospital's first change waits this long at most. */
const quietMs = 15_000;
const troubledMs = 60_000;

/** How a hospital was found: with more to do than its turn had time for, with something done, with nothing to do, or out of reach. */
export type Found = "unfinished" | "busy" | "quiet" | "troubled";

/**
 * When each hospital is looked at again, in this process: a busy one at each turn, a quiet or unreachable one less
 * often. Only economy: forgotten, every hospital is due at once.
 */
export class Rhythm {
  readonly #next = new Map<string, { readonly dueAt: number; readonly pauseMs: number }>();

  /** Those of the hospitals whose time has come. Ones that are not among them any more are forgotten. */
  due(ids: readonly string[], now: Date): ReadonlySet<string> {
    const known = new Set(ids);
    for (const id of this.#next.keys()) if (!known.has(id)) this.#next.delete(id);
    return new Set(ids.filter((id) => (this.#next.get(id)?.dueAt ?? 0) <= now.getTime()));
  }

  /** Sets a hospital's next time by how it was found. */
  found(id: string, found: Found, now: Date): void {
    const longer = Math.max(this.#next.get(id)?.pauseMs ?? shortestMs, shortestMs) * 2;
    const pauses: Readonly<Record<Found, number>> = {
      unfinished: 0,
      busy: shortestMs,
      quiet: Math.min(longer, quietMs),
      troubled: Math.min(longer, troubledMs),
    };
    this.again(id, pauses[found], now);
  }

  /** Sets a hospital's next time to so many milliseconds from now. */
  again(id: string, pauseMs: number, now: Date): void {
    this.#next.set(id, { pauseMs, dueAt: now.getTime() + pauseMs });
  }
}
