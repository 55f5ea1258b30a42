import { join } from "node:path";
import type { Place } from "../../db/planes.ts";
import type { Log } from "../log.ts";
import type { SyncReport, VerifyReport } from "../sync/report.ts";
import type { LinkParts } from "./owner-link.ts";

/** One errand: whose changes, and to whom. */
export interface Errand {
  readonly kind: "push" | "verify";
  readonly place: Place;
  readonly link: LinkParts;
}

/** What goes to the process that carries, and what comes back. */
export interface CarrierTask extends Errand {
  readonly id: number;
}
export type CarrierWord =
  | { readonly id: number; readonly report: SyncReport | VerifyReport }
  | { readonly id: number; readonly fault: string };

/** Carries this hospital's changes to the owner's server, in a process of its own. */
export interface Carrier {
  push(errand: Omit<Errand, "kind">): Promise<SyncReport>;
  verify(errand: Omit<Errand, "kind">): Promise<VerifyReport>;
  /** Its process id while it runs. */
  readonly pid: number | null;
  close(): Promise<void>;
}

/** Small enough a heap that what one chunk leaves behind is gone before the next two have come. */
const heapBytes = 64 * 1024 * 1024;

const interrupted = (): SyncReport & VerifyReport => ({
  ...{ outcome: "interrupted", rows: 0, batches: 0, bytes: 0, tookMs: 0, lagRows: null },
  ...{ lastTick: null, lastTickAt: null, parked: null, equal: false, tick: null, tables: [] },
});

interface Running {
  readonly child: Bun.Subprocess<"ignore", "ignore", "inherit">;
  readonly waiting: Map<number, PromiseWithResolvers<SyncReport | VerifyReport>>;
}

/**
 * Nothing runs until the first errand. A process that ended, for whatever reason, is replaced at the next one: what
 * was under way is `interrupted`, and the next push goes on from what has arrived.
 */
export function createCarrier(log: Log): Carrier {
  let running: Running | null = null;
  let last = 0;

  const start = (): Running => {
    const waiting: Running["waiting"] = new Map();
    const { PATH = "", HOME = "", TZ = "" } = process.env;
    const child = Bun.spawn([process.execPath, "--smol", join(import.meta.dir, "carrier-process.ts")], {
      detached: true,
      // The master key and the databases' addresses of this process's environment are no business of that one.
      env: { PATH, HOME, TZ, BUN_JSC_forceRAMSize: String(heapBytes) },
      stdio: ["ignore", "ignore", "inherit"],
      serialization: "advanced",
      ipc(word: CarrierWord) {
        const asked = waiting.get(word.id);
        waiting.delete(word.id);
        if ("report" in word) asked?.resolve(word.report);
        else asked?.reject(new Error(word.fault));
      },
      onExit(_, code, signal) {
        if (running?.child === child) running = null;
        if (waiting.size > 0) log.warn({ code, signal }, "The process that carries changes has ended");
        for (const asked of waiting.values()) asked.resolve(interrupted());
        waiting.clear();
      },
    });
    child.unref();
    return { child, waiting };
  };

  const ask = (errand: Errand): Promise<SyncReport | VerifyReport> => {
    running ??= start();
    last += 1;
    const asked = Promise.withResolvers<SyncReport | VerifyReport>();
    running.waiting.set(last, asked);
    running.child.send({ ...errand, id: last } satisfies CarrierTask);
    return asked.promise;
  };

  return {
    push: async (errand) => (await ask({ ...errand, kind: "push" })) as SyncReport,
    verify: async (errand) => (await ask({ ...errand, kind: "verify" })) as VerifyReport,
    get pid() {
      return running?.child.pid ?? null;
    },
    async close() {
      const ending = running?.child;
      running = null;
      ending?.kill("SIGTERM");
      await ending?.exited;
    },
  };
}
