import { catalogue, type JobDefinition } from "../../jobs/catalogue.ts";
import type { OpenJobQueue } from "../../jobs/queue.ts";
import { AppError } from "../errors.ts";

function unavailable(): AppError {
  return new AppError("unavailable", "jobs.unavailable", "A command does not reach the app's job queue.");
}

/**
 * For a command beside an app whose queue only that app knows: what a sweep finds again is left to the sweep.
 * Any other job is refused.
 */
export const leftToSweeps: OpenJobQueue = {
  backend: "postgres",
  async add(name) {
    const definition: JobDefinition = catalogue[name];
    if (definition.foundBy === null) throw unavailable();
  },
  queues: () => Promise.reject(unavailable()),
  ping: () => Promise.reject(unavailable()),
  close: async () => {},
};
