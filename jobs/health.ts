import { type QueueName, queueNames } from "./catalogue.ts";
import { type OpenJobQueue, queueOf } from "./queue.ts";
import { within } from "./within.ts";

export interface QueueHealth {
  readonly ready: boolean;
  /** What isn't, in words for `/readyz`. */
  readonly notReady: readonly string[];
}

/** Whether jobs can be asked for, within `timeoutMs`. Never throws. */
export async function queueHealth(queue: OpenJobQueue, timeoutMs = 1_000): Promise<QueueHealth> {
  try {
    await queue.ping(timeoutMs);
    return { ready: true, notReady: [] };
  } catch {
    return { ready: false, notReady: [`job queue (${queue.backend})`] };
  }
}

export interface QueueNumbers {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/**
 * How many jobs there are, by queue and state, for `/metrics`.
 * @throws AppError unavailable, or the store's error, within `timeoutMs`.
 */
export async function queueNumbers(queue: OpenJobQueue, timeoutMs = 1_000): Promise<readonly QueueNumbers[]> {
  const queues = await queue.queues(timeoutMs);
  const counted = queueNames.map(async (name) => {
    const counts = await queueOf(queues, name).getJobCounts(
      "waiting",
      "prioritized",
      "active",
      "delayed",
      "failed",
    );
    const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { queue: name, waiting: waiting + prioritized, active, delayed, failed };
  });
  return await within(Promise.all(counted), timeoutMs);
}
