import type { Job, Processor, Queue, Worker } from "bullmq";
import type { Log } from "../server/log.ts";
import type { QueueName } from "./catalogue.ts";

/** What a job leaves behind when it is done: numbers and nothing else. */
export type Counts = Readonly<Record<string, number | boolean>>;
export type QueuedData = Record<string, string>;
export type QueuedJob = Job<QueuedData, Counts, string>;
/** The type names Redis; both stores are used by the same methods. */
export type BullQueue = Queue<QueuedData, Counts>;
export type BullWorker = Worker<QueuedData, Counts>;
export type BullProcessor = Processor<QueuedData, Counts, string>;

/** Where queues are kept. Redis (or Valkey) where there is one, else the control database. */
export interface QueueStore {
  readonly redisUrl: string | null;
  /** The control database, reached directly (no transaction pooler), as a role that may create a schema. */
  readonly postgresUrl: string | null;
}

/** One process's connections to the store, for one purpose. Whoever opens it closes it. */
export interface JobBackend {
  readonly kind: "redis" | "postgres";
  /** Resolves when the store answers and is laid out for queues. @throws the store's own error. */
  prepare(): Promise<void>;
  /** One round trip. @throws the store's own error. */
  ping(): Promise<void>;
  queue(name: QueueName): BullQueue;
  worker(name: QueueName, work: BullProcessor, concurrency: number): BullWorker;
  close(): Promise<void>;
}

/**
 * `enqueue`: for whoever asks for work; a command that gets no answer fails within two seconds.
 * `work`: for the worker, which waits as long as the store is away.
 */
export type BackendPurpose = "enqueue" | "work";

export interface BackendOptions extends QueueStore {
  readonly purpose: BackendPurpose;
  readonly log: Log;
}

/** Shared by both kinds of worker. A job whose worker was killed is taken up again within about 45 s. */
export const workerSettings = {
  lockDuration: 30_000,
  stalledInterval: 15_000,
  maxStalledCount: 5,
  runRetryDelay: 1_000,
  drainDelay: 5,
} as const;

/** Few events are kept: nothing of ours reads them. */
export const queueSettings = {
  streams: { events: { maxLen: 500 } },
  defaultJobOptions: {
    removeOnComplete: { age: 24 * 3_600, count: 200 },
    removeOnFail: { age: 14 * 24 * 3_600, count: 1_000 },
    stackTraceLimit: 10,
  },
} as const;
