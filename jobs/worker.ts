import type { Log } from "../server/log.ts";
import type { BullWorker, QueueStore } from "./backend.ts";
import { type QueueName, queueNames, queues } from "./catalogue.ts";
import { openBackend } from "./open-backend.ts";
import { createOutageLog } from "./outage.ts";
import type { OpenJobQueue } from "./queue.ts";
import { type Handlers, type RunContext, runJob } from "./run.ts";
import { schedules as allSchedules, applySchedules, type Schedule } from "./schedule.ts";
import { abortable, pause, untilItWorks, within } from "./within.ts";

export interface WorkerOptions<Services> {
  /** Where the jobs are: the same as the queue's. */
  readonly store: QueueStore;
  /** Asked to set the schedules. */
  readonly queue: OpenJobQueue;
  readonly handlers: Handlers<Services>;
  readonly services: Services;
  readonly log: Log;
  readonly schedules?: readonly Schedule[];
}

export interface JobWorker {
  /** Resolves when jobs are being taken. Never before the store answers. */
  readonly ready: Promise<void>;
  /**
   * Takes no more jobs, lets those that run end, and after `deadlineMs` tells them to stop and gives them
   * back to the queue. Bounded, also while the store is away.
   */
  close(deadlineMs: number): Promise<void>;
}

const schedulesAgainMs = 60_000;
/** For giving jobs back and hanging up, once the deadline has passed. */
const lastWordsMs = 3_000;

/**
 * Starts doing jobs, in the background: the store may still be starting, or be down. Where it goes away
 * later, work stops and goes on by itself when it is back.
 */
export function startWorker<Services>(options: WorkerOptions<Services>): JobWorker {
  const stopping = new AbortController();
  const closing = new AbortController();
  const context: RunContext<Services> = { ...options, closing: closing.signal, running: new Set() };
  const started = start(options, context, stopping.signal);
  const keeping = started.then(() => keepSchedules(options, stopping.signal));
  keeping.catch(() => {});
  const ready = started.then(() => {});
  ready.catch(() => {});

  return {
    ready,
    async close(deadlineMs) {
      stopping.abort();
      const open = await started.catch(() => null);
      await keeping.catch(() => {});
      if (open === null) return;
      const workersClosed = Promise.allSettled(open.workers.map((worker) => worker.close()));
      try {
        await within(workersClosed, deadlineMs);
      } catch {
        closing.abort(new Error("The process is closing"));
        await within(workersClosed, lastWordsMs).catch(() => {
          options.log.warn("Jobs were left running; another worker takes them up when their locks end");
        });
      }
      await within(open.close(), lastWordsMs).catch(() => {});
    },
  };
}

interface Started {
  readonly workers: readonly BullWorker[];
  close(): Promise<void>;
}

async function start<Services>(
  options: WorkerOptions<Services>,
  context: RunContext<Services>,
  signal: AbortSignal,
): Promise<Started> {
  const backend = await openBackend({ ...options.store, purpose: "work", log: options.log });
  const outage = createOutageLog(options.log, "The job store (for work)");
  const work = (name: QueueName) =>
    backend.worker(name, (job, token) => runJob(job, context, token), queues[name].concurrency);
  try {
    return await untilItWorks(signal, outage.lost, async () => {
      await abortable(backend.prepare(), signal);
      const workers = queueNames.map(work);
      try {
        await abortable(Promise.all(workers.map((worker) => worker.waitUntilReady())), signal);
      } catch (error) {
        await Promise.allSettled(workers.map((worker) => worker.close(true)));
        throw error;
      }
      outage.found();
      for (const worker of workers) void worker.run().catch(outage.lost);
      return { workers, close: () => backend.close() };
    });
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** Sets the schedules now and each minute: a store that came back empty has lost them. */
async function keepSchedules<Services>(options: WorkerOptions<Services>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const changed = await within(applySchedules(options.queue, options.schedules ?? allSchedules), 10_000);
      if (changed.set + changed.removed > 0) options.log.info(changed, "job schedules set");
    } catch (error) {
      options.log.warn(
        { reason: error instanceof Error ? error.message : typeof error },
        "job schedules not set",
      );
    }
    await pause(schedulesAgainMs, signal);
  }
}
