import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../../db/planes.ts";
import type { PusherTask, PusherWord } from "../../tests/faults/pusher.ts";
import { figure, made, type Sql } from "./sync-visits.ts";

/** Writes a backlog as of weeks without the copy, and has a process of its own bring it over: its memory and time. */
export async function drainInChild(
  primary: Sql,
  places: { readonly primary: Place; readonly copy: Place },
  rows: number,
): Promise<void> {
  const first = 10_000_001;
  for (let from = first; from < first + rows; from += 1_000) {
    await primary.unsafe(made("visits", from, from + 999));
    // As the node does while nobody answers.
    if (from % 20_000 === 1) await primary`select sync_cut_tick('0')`;
  }
  const task: PusherTask = { ...places, naive: null, options: { budgetMs: 3_600_000 } };
  const started = performance.now();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../../tests/faults/pusher.ts")], {
    env: { ...process.env, WARDLINE_FAULTS_TASK: JSON.stringify(task) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const seconds = (performance.now() - started) / 1000;
  const word = JSON.parse(new TextDecoder().decode(value).split("\n")[0] ?? "{}") as PusherWord;
  if (word.outcome !== "synced")
    throw new Error(`The push of the backlog ended ${word.outcome ?? word.why}.`);
  const status = `/proc/${child.pid}/status`;
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  child.kill("SIGKILL");
  await child.exited;
  figure("backlog-rows", word.rows ?? 0, "rows", 0);
  figure("backlog-drain-seconds", seconds, "s", 1);
  figure("pushing-process-memory", peak === undefined ? word.rssMb : Number(peak) / 1024, "MB", 0);
}
