import type { Log } from "./log.ts";

/** Closes what a process opened, in the opposite order, when it is told to end. */
export interface Lifetime {
  /** Resolves when the process is asked to end (Ctrl-C, SIGTERM, SIGHUP). */
  readonly ending: Promise<void>;
  readonly isEnding: boolean;
  /** What was opened and how to close it; each closing gets its own deadline. */
  opened(name: string, close: () => Promise<unknown>, withinMs: number): void;
  close(): Promise<void>;
}

/** A second signal ends the process on the spot: databases are stopped by their guards then. */
export function createLifetime(log: Log): Lifetime {
  const ending = Promise.withResolvers<void>();
  const closers: { name: string; close: () => Promise<unknown>; withinMs: number }[] = [];
  let signals = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(130);
      log.info({ signal }, "Ending; once more to end at once");
      ending.resolve();
    });

  return {
    ending: ending.promise,
    get isEnding() {
      return signals > 0;
    },
    opened(name, close, withinMs) {
      closers.push({ name, close, withinMs });
    },
    async close() {
      for (const { name, close, withinMs } of closers.splice(0).reverse()) {
        try {
          const outcome = await Promise.race([
            close().then(() => "closed"),
            Bun.sleep(withinMs).then(() => "late"),
          ]);
          if (outcome === "late") log.warn({ what: name, withinMs }, "Did not close in time; going on");
        } catch (error) {
          log.error({ what: name, err: error }, "Did not close cleanly; going on");
        }
      }
    },
  };
}
