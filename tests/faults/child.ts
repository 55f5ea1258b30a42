import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { SyncOptions } from "../../server/sync/report.ts";
import type { PusherTask, PusherWord } from "./pusher.ts";

/** The pushing process, started again whenever it was killed. */
export interface Pusher {
  /** SIGKILL, and a new one after a moment. */
  kill(downMs: number): Promise<void>;
  /** SIGSTOP, and SIGCONT after a while. */
  freeze(heldMs: number): Promise<void>;
  /** Options for its next pushes; kept by those that come after it. */
  order(options: SyncOptions): void;
  /** Has it prove the copy at its next turn. */
  verify(): void;
  /** Resolves with the next word that `wanted` likes; null when none came in time. */
  next(wanted: (word: PusherWord) => boolean, withinMs: number): Promise<PusherWord | null>;
  stop(): Promise<void>;
  readonly told: {
    readonly outcomes: Map<string, number>;
    readonly thrown: string[];
    /** Pushes of a naive follower that ended in an error, as a lost connection ends them. */
    readonly failed: string[];
    readonly uncaught: string[];
    mostMb: number;
    rows: number;
    repaired: number;
  };
}

export function startPusher(task: PusherTask): Pusher {
  const told: Pusher["told"] = {
    ...{ outcomes: new Map(), thrown: [], failed: [], uncaught: [] },
    ...{ mostMb: 0, rows: 0, repaired: 0 },
  };
  const listeners = new Set<(word: PusherWord) => void>();
  let options: SyncOptions = {};
  let expected = false;

  const hear = (word: PusherWord): void => {
    told.mostMb = Math.max(told.mostMb, word.rssMb);
    told.rows += word.rows ?? 0;
    told.repaired += word.repaired ?? 0;
    const outcome = `${word.kind}:${word.outcome ?? "thrown"}${word.parked ? `:${word.parked}` : ""}`;
    told.outcomes.set(outcome, (told.outcomes.get(outcome) ?? 0) + 1);
    if (word.kind === "thrown") told.thrown.push(word.why ?? "");
    if (word.kind === "push" && word.why !== undefined) told.failed.push(word.why);
    if (word.kind === "uncaught") told.uncaught.push(word.why ?? "");
    for (const listener of [...listeners]) listener(word);
  };
  const start = () => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "pusher.ts")], {
      env: {
        ...process.env,
        WARDLINE_FAULTS_TASK: JSON.stringify({ ...task, options: { ...task.options, ...options } }),
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: Readable.fromWeb(child.stdout as never) }).on("line", (line) => {
      hear(JSON.parse(line) as PusherWord);
    });
    void child.exited.then((code) => {
      if (!expected && code !== 70) told.uncaught.push(`The pushing process ended by itself with ${code}.`);
    });
    return child;
  };
  let child = start();
  const send = (order: object): void => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    void child.stdin.flush();
  };
  const end = async (): Promise<void> => {
    expected = true;
    child.kill("SIGKILL");
    await child.exited;
  };
  return {
    told,
    async kill(downMs) {
      await end();
      await Bun.sleep(downMs);
      expected = false;
      child = start();
    },
    async freeze(heldMs) {
      process.kill(child.pid, "SIGSTOP");
      await Bun.sleep(heldMs);
      process.kill(child.pid, "SIGCONT");
    },
    order(wanted) {
      options = { ...options, ...wanted };
      send({ options });
    },
    verify: () => send({ verify: true }),
    next(wanted, withinMs) {
      return new Promise((resolve) => {
        const done = (word: PusherWord | null): void => {
          listeners.delete(listener);
          clearTimeout(late);
          resolve(word);
        };
        const listener = (word: PusherWord): void => {
          if (wanted(word)) done(word);
        };
        const late = setTimeout(() => done(null), withinMs);
        listeners.add(listener);
      });
    },
    stop: end,
  };
}
