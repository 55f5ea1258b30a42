import type { RepeatOptions } from "bullmq";
import { catalogue, type JobDefinition, type JobName, queueNames } from "./catalogue.ts";
import { jobOptions, type OpenJobQueue, queueOf } from "./queue.ts";

/** When a job runs by itself. `everyMs`, or a cron pattern with the zone whose days and hours it means. */
export type Schedule = { readonly job: JobName } & (
  | { readonly everyMs: number }
  | { readonly pattern: string; readonly zone: string }
);

const seconds = 1_000;

/**
 * All schedules of the product. The sync of a thousand hospitals is one sweep that asks which of them have
 * something to send, not a thousand schedules; `sync.push` sends one at once where somebody waits for it.
 */
export const schedules: readonly Schedule[] = [
  { job: "sync.push-due", everyMs: 3 * seconds },
  { job: "files.copy-due", everyMs: 5 * seconds },
  { job: "health.check-all", everyMs: 60 * seconds },
  { job: "mail.send-due", everyMs: 60 * seconds },
  { job: "provisioning.resume-due", everyMs: 60 * seconds },
  { job: "restore.resume-due", everyMs: 60 * seconds },
  { job: "audit.keep", everyMs: 5 * 60 * seconds },
  { job: "configuration.push-due", everyMs: 60 * seconds },
  { job: "imports.resume-due", everyMs: 120 * seconds },
  { job: "subscriptions.expire-trials", pattern: "0 0 * * * *", zone: "UTC" },
  { job: "sync.verify-due", pattern: "0 15 * * * *", zone: "UTC" },
  { job: "retention.clean-up-due", pattern: "0 45 1 * * *", zone: "UTC" },
  { job: "tenants.erase-due", pattern: "0 30 * * * *", zone: "UTC" },
];

/** A turn this late was lost with the store, or its worker; the schedule is set anew. */
const lostAfterMs = 5 * 60 * seconds;

/**
 * Makes the store's schedules equal to the list: what is missing, changed or stuck is set, what is no longer
 * listed is removed. Run at the worker's start and each minute, since a store that lost its data lost them too.
 * @returns how many were set and removed.
 */
export async function applySchedules(
  queue: OpenJobQueue,
  wanted: readonly Schedule[] = schedules,
  now: Date = new Date(),
): Promise<{ readonly set: number; readonly removed: number }> {
  const queues = await queue.queues();
  let set = 0;
  let removed = 0;
  for (const name of queueNames) {
    const bull = queueOf(queues, name);
    const present = new Map(
      (await bull.getJobSchedulers(0, -1)).map((scheduler) => [scheduler.key, scheduler]),
    );
    for (const schedule of wanted) {
      const definition: JobDefinition = catalogue[schedule.job];
      if (definition.queue !== name) continue;
      const found = present.get(schedule.job);
      present.delete(schedule.job);
      const repeat = repeatOf(schedule);
      const same =
        found !== undefined &&
        Number(found.every ?? 0) === (repeat.every ?? 0) &&
        (found.pattern ?? "") === (repeat.pattern ?? "") &&
        (found.tz ?? "") === (repeat.tz ?? "") &&
        (found.next ?? 0) > now.getTime() - lostAfterMs;
      if (same) continue;
      await bull.upsertJobScheduler(schedule.job, repeat, {
        name: schedule.job,
        data: {},
        opts: jobOptions(schedule.job, definition),
      });
      set += 1;
    }
    for (const gone of present.keys()) {
      await bull.removeJobScheduler(gone);
      removed += 1;
    }
  }
  return { set, removed };
}

function repeatOf(schedule: Schedule): Omit<RepeatOptions, "key"> {
  return "everyMs" in schedule
    ? { every: schedule.everyMs }
    : { pattern: schedule.pattern, tz: schedule.zone };
}
