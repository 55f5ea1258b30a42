/**
 * Remembers an answer for a short time. Signed-in people are looked up once in half a second rather than at
 * each request; what ends a session on another copy of the app counts here after at most that time.
 */
export class ShortCache<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #lifeMs: number;
  readonly #atMost: number;

  constructor(lifeMs: number, atMost: number) {
    this.#lifeMs = lifeMs;
    this.#atMost = atMost;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > performance.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.#atMost) this.#entries.clear();
    this.#entries.set(key, { value, until: performance.now() + this.#lifeMs });
  }

  clear(): void {
    this.#entries.clear();
  }
}
