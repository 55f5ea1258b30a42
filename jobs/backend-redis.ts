import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import {
  type BackendOptions,
  type BullQueue,
  type BullWorker,
  type JobBackend,
  queueSettings,
  workerSettings,
} from "./backend.ts";
import { createOutageLog } from "./outage.ts";

/** The braces keep all keys of a queue on one node of a Redis Cluster. */
const prefix = "{wardline}";

const reconnect = {
  lazyConnect: true,
  connectTimeout: 2_000,
  keepAlive: 10_000,
  retryStrategy: (attempt: number) => Math.min(100 * attempt, 2_000),
};

/** Without a queue of commands held in memory, a command to a lost server fails instead of waiting for it. */
const failFast = {
  ...reconnect,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 2_000,
};

/** A worker's commands wait for the server to come back. */
const patient = { ...reconnect, maxRetriesPerRequest: null };

/** BullMQ on Redis or Valkey. One connection for commands; each worker adds one that waits for jobs. */
export function openRedisBackend(url: string, { purpose, log }: BackendOptions): JobBackend {
  const outage = createOutageLog(log, `The job store (Redis, to ${purpose})`);
  const client = new Redis(url, purpose === "enqueue" ? failFast : patient);
  client.on("error", outage.lost);
  client.on("ready", outage.found);

  const connected = async (): Promise<void> => {
    if (client.status === "ready") return;
    if (client.status === "wait") await client.connect();
    else await untilReady(client);
  };

  return {
    kind: "redis",
    prepare: connected,
    async ping() {
      if (client.status !== "ready") throw new Error(`Redis is ${client.status}`);
      await client.ping();
    },
    queue(name) {
      const queue = new Queue(name, { connection: client, prefix, ...queueSettings });
      queue.on("error", outage.lost);
      return queue as unknown as BullQueue;
    },
    worker(name, work, concurrency) {
      const worker = new Worker(name, work, {
        connection: client,
        prefix,
        concurrency,
        autorun: false,
        ...workerSettings,
      });
      worker.on("error", outage.lost);
      return worker as unknown as BullWorker;
    },
    async close() {
      client.disconnect();
    },
  };
}

function untilReady(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const ready = () => settle(resolve);
    const ended = () => settle(() => reject(new Error("Redis connection closed")));
    const settle = (then: () => void) => {
      client.off("ready", ready);
      client.off("end", ended);
      then();
    };
    client.once("ready", ready);
    client.once("end", ended);
  });
}
