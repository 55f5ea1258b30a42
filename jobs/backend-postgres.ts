import { createPostgresBackend, type PgPool, Queue, runMigrations, Worker } from "bullmq";
import { Pool } from "pg";
import {
  type BackendOptions,
  type BullQueue,
  type BullWorker,
  type JobBackend,
  queueSettings,
  workerSettings,
} from "./backend.ts";
import { queueNames } from "./catalogue.ts";
import { createOutageLog } from "./outage.ts";

/** BullMQ looks in this schema when it is handed a pool. */
const schema = "bullmq";

/**
 * BullMQ in the control database. All queues of a process share one pool; each worker keeps one of its
 * connections to hear of new jobs (LISTEN), so a worker's pool is larger by as many.
 */
export function openPostgresBackend(url: string, { purpose, log }: BackendOptions): JobBackend {
  const outage = createOutageLog(log, `The job store (Postgres, to ${purpose})`);
  const pool = new Pool({
    connectionString: url,
    application_name: "wardline-jobs",
    options: `-c search_path=${schema}`,
    max: purpose === "enqueue" ? 4 : queueNames.length + 4,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  pool.on("error", outage.lost);
  // A connection that is lent out and dies has nobody else to tell, and would end the process.
  pool.on("connect", (client) => client.on("error", outage.lost));
  const connection = pool as unknown as PgPool;

  return {
    kind: "postgres",
    async prepare() {
      const client = await pool.connect();
      try {
        await runMigrations(client, schema);
      } finally {
        client.release();
      }
      outage.found();
    },
    async ping() {
      await pool.query("SELECT 1");
      outage.found();
    },
    queue(name) {
      const queue = new Queue(name, { connection, ...queueSettings }, createPostgresBackend);
      queue.on("error", outage.lost);
      return queue as unknown as BullQueue;
    },
    worker(name, work, concurrency) {
      const worker = new Worker(
        name,
        work,
        { connection, concurrency, autorun: false, ...workerSettings },
        createPostgresBackend,
      );
      worker.on("error", outage.lost);
      worker.on("active", outage.found);
      return worker as unknown as BullWorker;
    },
    async close() {
      await pool.end();
    },
  };
}
