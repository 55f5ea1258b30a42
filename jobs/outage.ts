import type { Log } from "../server/log.ts";

/** Says once that something was lost, again at most every half minute, and once that it is back. */
export interface OutageLog {
  lost(error: unknown): void;
  found(): void;
}

const againAfterMs = 30_000;

/** A store that is down fails many times a second; the log of a night must still be readable. */
export function createOutageLog(log: Log, what: string): OutageLog {
  let since: number | null = null;
  let saidAt = 0;
  let unsaid = 0;
  return {
    lost(error) {
      const now = Date.now();
      since ??= now;
      if (now - saidAt < againAfterMs) {
        unsaid += 1;
        return;
      }
      log.warn({ what, reason: reasonOf(error), forMs: now - since, unsaid }, `${what} cannot be reached`);
      saidAt = now;
      unsaid = 0;
    },
    found() {
      if (since === null) return;
      log.info({ what, forMs: Date.now() - since, unsaid }, `${what} is back`);
      since = null;
      saidAt = 0;
      unsaid = 0;
    },
  };
}

/** A connection's fault in a few words: its code where it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? `${error.name} ${code}` : `${error.name}: ${error.message}`;
}
