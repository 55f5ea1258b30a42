import type { JobName } from "../../jobs/catalogue.ts";
import type { Handlers, JobRun } from "../../jobs/run.ts";

type Handler = (data: Record<string, string>, services: null, run: JobRun) => Promise<unknown>;

const idle: Handler = async () => ({});

/** A handler for each name: the test's own where it gives one, else one that does nothing. */
export function handlersWith(given: Partial<Record<JobName, Handler>>): Handlers<null> {
  return {
    "sync.push-due": idle,
    "sync.push": idle,
    "health.check-all": idle,
    "subscriptions.expire-trials": idle,
    "configuration.push-due": idle,
    "tenants.erase-due": idle,
    "provisioning.resume-due": idle,
    "restore.resume-due": idle,
    "provisioning.resume": idle,
    "import.run": idle,
    ...given,
  } as Handlers<null>;
}

/** Collects what happens and lets a test await the n-th of it. */
export function eventLog<T>(): { readonly all: T[]; add(event: T): void; nth(count: number): Promise<T[]> } {
  const all: T[] = [];
  const waiting: { readonly count: number; readonly resolve: (events: T[]) => void }[] = [];
  return {
    all,
    add(event) {
      all.push(event);
      for (const { count, resolve } of waiting) if (all.length >= count) resolve([...all]);
    },
    nth: (count) =>
      new Promise((resolve) => {
        if (all.length >= count) resolve([...all]);
        else waiting.push({ count, resolve });
      }),
  };
}
