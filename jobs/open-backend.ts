import type { BackendOptions, JobBackend } from "./backend.ts";

/** Loads the one driver that is used. @throws Error when neither store is named. */
export async function openBackend(options: BackendOptions): Promise<JobBackend> {
  if (options.redisUrl !== null) {
    const { openRedisBackend } = await import("./backend-redis.ts");
    return openRedisBackend(options.redisUrl, options);
  }
  if (options.postgresUrl !== null) {
    const { openPostgresBackend } = await import("./backend-postgres.ts");
    return openPostgresBackend(options.postgresUrl, options);
  }
  throw new Error("The job queue needs a Redis address or a control database.");
}
