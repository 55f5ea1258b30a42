/**
 * The process that pushes, as the laboratory's child, so that it can be killed and stopped like any other. Reads
 * orders from its standard input, one JSON a line; says how each push ended, one JSON a line.
 */
import { createInterface } from "node:readline";
import type { Place } from "../../db/planes.ts";
import { pushSync } from "../../server/sync/push.ts";
import type { SyncOptions } from "../../server/sync/report.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { followNaively, type Watermark } from "./naive.ts";

export interface PusherTask {
  readonly primary: Place;
  readonly copy: Place;
  readonly naive: Watermark | null;
  readonly options: SyncOptions;
}

/** What it tells. */
export interface PusherWord {
  readonly kind: "push" | "verify" | "thrown" | "uncaught";
  readonly outcome?: string;
  readonly parked?: string | null;
  readonly rows?: number;
  readonly lagRows?: number | null;
  readonly equal?: boolean;
  readonly repaired?: number;
  readonly why?: string;
  readonly rssMb: number;
}

const task = JSON.parse(process.env["WARDLINE_FAULTS_TASK"] ?? "null") as PusherTask;
const say = (word: Omit<PusherWord, "rssMb">): void => {
  process.stdout.write(
    `${JSON.stringify({ ...word, rssMb: Math.round(process.memoryUsage.rss() / 1048576) })}\n`,
  );
};
const wordsOf = (error: unknown): string =>
  error instanceof Error
    ? `${Reflect.get(error, "code") ?? ""} ${error.message} ${String(error.stack).split("\n").slice(1, 4).join(" | ")} ${error.cause instanceof Error ? `<- ${error.cause.message}` : ""}`
    : String(error);
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) => {
    say({ kind: "uncaught", why: `${event}: ${wordsOf(error)}` });
    process.exit(70);
  });

let options = task.options;
let verifyNext = false;
createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line) as { readonly options?: SyncOptions; readonly verify?: boolean };
  if (order.options !== undefined) options = { ...task.options, ...order.options };
  if (order.verify === true) verifyNext = true;
});
// The laboratory is gone: so is its child.
process.stdin.on("end", () => process.exit(0));

const places = { primary: task.primary, copy: task.copy };
for (;;) {
  try {
    if (task.naive !== null) {
      say({ kind: "push", outcome: "synced", rows: await followNaively(places, task.naive) });
    } else if (verifyNext) {
      verifyNext = false;
      const { outcome, equal, repaired } = await verifySync(places, options);
      say({ kind: "verify", outcome, equal, repaired: repaired?.length ?? 0 });
    } else {
      const { outcome, parked, rows, lagRows } = await pushSync(places, options);
      say({ kind: "push", outcome, parked: parked?.code ?? null, rows, lagRows });
    }
  } catch (error) {
    say({ kind: task.naive === null ? "thrown" : "push", why: wordsOf(error) });
  }
  await Bun.sleep(80);
}
