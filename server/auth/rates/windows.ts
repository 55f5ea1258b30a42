import type { SharedCounts } from "./counts.ts";

/** How a call stands to one limit. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
  readonly windowSeconds: number;
  readonly refused: boolean;
}

interface Window {
  key: string;
  endsAt: number;
  limit: number;
  /** What all copies had counted when this one last asked. */
  shared: number;
  /** What this copy has counted since. */
  own: number;
}

const minuteMs = 60_000;
const atMost = 50_000;

/**
 * Counts calls in this process, and settles with the other copies in the background: a caller is told to the
 * others each second in which it used a hundredth of its limit or more. So a request never waits for a store,
 * and of N copies together a caller gets at most its limit, N hundredths, and what it sends within a second.
 * While the store is away each copy counts by itself.
 */
export class CallWindows {
  readonly #windows = new Map<string, Window>();
  #store: SharedCounts | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #settling = false;

  /** From now on these counts are shared with the other copies of the app. */
  share(store: SharedCounts | null, everyMs = 1_000): void {
    this.#store?.close();
    this.#store = store;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (store === null) return;
    this.#timer = setInterval(() => void this.settle(), everyMs);
    this.#timer.unref();
  }

  /** Counts one call unless the limit is reached. */
  take(key: string, limit: number, windowMs = minuteMs, nowMs = Date.now()): Standing {
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= nowMs) {
      if (this.#windows.size >= atMost) this.#dropOver(nowMs);
      window = { key, endsAt: (Math.floor(nowMs / windowMs) + 1) * windowMs, limit, shared: 0, own: 0 };
      this.#windows.set(key, window);
    }
    window.limit = limit;
    const refused = window.shared + window.own >= limit;
    if (!refused) window.own += 1;
    return {
      limit,
      remaining: Math.max(0, limit - window.shared - window.own),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - nowMs) / 1000)),
      windowSeconds: windowMs / 1000,
      refused,
    };
  }

  /** Tells the others what was counted here, and hears what they counted. Never throws. */
  async settle(nowMs = Date.now()): Promise<void> {
    const store = this.#store;
    if (store === null || this.#settling) return;
    this.#settling = true;
    try {
      const due: Window[] = [];
      for (const window of this.#windows.values()) {
        if (window.endsAt <= nowMs) this.#windows.delete(window.key);
        else if (window.own > 0 && window.own * 100 >= window.limit) due.push(window);
      }
      if (due.length === 0) return;
      const told = due.map(({ key, own, endsAt }) => ({ key, by: own, endsAt }));
      const totals = await store.add(told);
      for (const [index, window] of due.entries()) {
        const by = told[index]?.by ?? 0;
        window.shared = totals[index] ?? window.shared + by;
        window.own -= by;
      }
    } catch {
      // The store is away: this copy goes on by its own count and tells it at the next turn.
    } finally {
      this.#settling = false;
    }
  }

  clear(): void {
    this.#windows.clear();
  }

  #dropOver(nowMs: number): void {
    for (const [key, window] of this.#windows) if (window.endsAt <= nowMs) this.#windows.delete(key);
    if (this.#windows.size >= atMost) this.#windows.clear();
  }
}

/** Those of this process. */
export const calls = new CallWindows();

/** Shares the counts with the other copies of the app; null: each counts by itself. */
export function shareCalls(store: SharedCounts | null): void {
  calls.share(store);
}
