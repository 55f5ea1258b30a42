import { type JobsOptions, UnrecoverableError } from "bullmq";
import { AppError } from "../server/errors.ts";
import type { Log } from "../server/log.ts";
import type { BullQueue, JobBackend, QueueStore } from "./backend.ts";
import {
  catalogue,
  type JobData,
  type JobDefinition,
  type JobName,
  type QueueName,
  queueNames,
} from "./catalogue.ts";
import { openBackend } from "./open-backend.ts";
import { createOutageLog } from "./outage.ts";
import { abortable, untilItWorks, within } from "./within.ts";

export interface AddOptions {
  /** While a job of this key waits, another is not added; while it runs, one more is kept for afterwards. */
  readonly dedupeKey?: string;
  readonly delayMs?: number;
}

/** Where rules ask for work. */
export interface JobQueue {
  readonly backend: "redis" | "postgres";
  /**
   * Asks for a job, in at most two seconds. Where the queue is away: a job that a sweep finds again is left
   * to it; any other throws.
   * @throws AppError unavailable `jobs.unavailable`.
   */
  add<Name extends JobName>(name: Name, data: JobData<Name>, options?: AddOptions): Promise<void>;
  close(): Promise<void>;
}

/** What the dashboard, health and schedules use beside `add`. */
export interface OpenJobQueue extends JobQueue {
  /** The queues themselves, once the store has answered. @throws AppError unavailable after `timeoutMs`. */
  queues(timeoutMs?: number): Promise<ReadonlyMap<QueueName, BullQueue>>;
  /** One round trip to the store. @throws AppError unavailable after `timeoutMs`. */
  ping(timeoutMs?: number): Promise<void>;
}

export interface QueueOptions extends QueueStore {
  readonly log: Log;
}

const answerWithinMs = 2_000;

interface Opened {
  readonly backend: JobBackend;
  readonly queues: ReadonlyMap<QueueName, BullQueue>;
}

function unavailable(cause: unknown): AppError {
  return new AppError(
    "unavailable",
    "jobs.unavailable",
    "The work could not be queued just now. Please try again.",
    {
      cause,
      retryAfterSeconds: 5,
    },
  );
}

/**
 * Opens the queue in the background: the app serves while the store is still starting, or is down.
 * Loads no job's handler.
 */
export function createQueue(options: QueueOptions): OpenJobQueue {
  const { log } = options;
  const stopping = new AbortController();
  const opened = openQueues(options, stopping.signal);
  opened.catch(() => {});

  const queues = async (timeoutMs = answerWithinMs) => {
    try {
      return (await within(opened, timeoutMs)).queues;
    } catch (cause) {
      throw unavailable(cause);
    }
  };

  return {
    backend: options.redisUrl === null ? "postgres" : "redis",
    async add(name, data, addOptions = {}) {
      const definition: JobDefinition = catalogue[name];
      const queued = opened.then(({ queues: all }) =>
        queueOf(all, definition.queue).add(name, data, jobOptions(name, definition, addOptions)),
      );
      try {
        await within(queued, answerWithinMs);
      } catch (cause) {
        queued.catch(() => {});
        if (definition.foundBy === null) throw unavailable(cause);
        const facts: Record<string, unknown> = { job: name, ...data, foundBy: definition.foundBy };
        log.warn(facts, "A job was not queued; its sweep will find it");
      }
    },
    queues,
    async ping(timeoutMs = answerWithinMs) {
      try {
        await within(
          opened.then(({ backend }) => backend.ping()),
          timeoutMs,
        );
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    async close() {
      stopping.abort();
      const open = await opened.catch(() => null);
      if (open === null) return;
      await Promise.allSettled(
        [...open.queues.values()].map((queue) => within(queue.close(), answerWithinMs)),
      );
      await open.backend.close();
    },
  };
}

export function queueOf(queues: ReadonlyMap<QueueName, BullQueue>, name: QueueName): BullQueue {
  const queue = queues.get(name);
  if (queue === undefined) throw new UnrecoverableError(`There is no queue ${name}.`);
  return queue;
}

/** How a job is tried, from the catalogue. The queue's own job ids are kept: they hold no colon and never repeat. */
export function jobOptions(
  name: JobName,
  definition: JobDefinition,
  { dedupeKey, delayMs }: AddOptions = {},
): JobsOptions {
  return {
    attempts: definition.attempts,
    backoff: { type: "exponential", delay: definition.backoffMs, jitter: 0.5 },
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    ...(dedupeKey === undefined
      ? {}
      : { deduplication: { id: `${name}/${dedupeKey}`, keepLastIfActive: true } }),
  };
}

/** Tries until the store answers. A queue that failed while it was being set up is made anew. */
async function openQueues(options: QueueOptions, signal: AbortSignal): Promise<Opened> {
  const backend = await openBackend({ ...options, purpose: "enqueue" });
  const outage = createOutageLog(options.log, "The job queue");
  try {
    return await untilItWorks(signal, outage.lost, async () => {
      await abortable(backend.prepare(), signal);
      const queues = new Map(queueNames.map((name) => [name, backend.queue(name)] as const));
      try {
        await abortable(Promise.all([...queues.values()].map((queue) => queue.waitUntilReady())), signal);
      } catch (error) {
        await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
        throw error;
      }
      outage.found();
      return { backend, queues };
    });
  } catch (error) {
    await backend.close();
    throw error;
  }
}
