import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import pino from "pino";
import { queueHealth, queueNumbers } from "../../jobs/health.ts";
import { createQueue, type OpenJobQueue, queueOf } from "../../jobs/queue.ts";
import type { Handlers } from "../../jobs/run.ts";
import { applySchedules, type Schedule } from "../../jobs/schedule.ts";
import { type JobWorker, startWorker } from "../../jobs/worker.ts";
import { AppError } from "../../server/errors.ts";
import type { Log } from "../../server/log.ts";
import { eventLog, handlersWith } from "./handlers.ts";
import { isHere, kinds, openStore, silent, type TestStore } from "./stores.ts";

setDefaultTimeout(30_000);

const aHospital = () => Bun.randomUUIDv7();

describe.each(kinds)("jobs on %s", (kind) => {
  if (!isHere(kind)) {
    test.skip(`SKIPPED: no server for ${kind} on this machine`, () => {});
    return;
  }

  let place: TestStore;
  let queue: OpenJobQueue;
  const workers: JobWorker[] = [];

  beforeAll(async () => {
    place = await openStore(kind);
  });
  afterAll(() => place.close());
  beforeEach(() => {
    queue = createQueue({ ...place.store, log: silent });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(0)));
    const queues = await queue.queues();
    await Promise.all([...queues.values()].map((one) => one.obliterate({ force: true })));
    await queue.close();
  });

  async function work(
    handlers: Handlers<null>,
    schedules: readonly Schedule[] = [],
    log: Log = silent,
  ): Promise<JobWorker> {
    const worker = startWorker({ store: place.store, queue, handlers, services: null, log, schedules });
    workers.push(worker);
    await worker.ready;
    return worker;
  }

  const bull = async (name: "sync" | "upkeep" | "imports") => queueOf(await queue.queues(), name);

  /** The failed jobs of a line, once there is one. */
  async function failures(name: "sync" | "upkeep" | "imports") {
    for (;;) {
      const failed = await (await bull(name)).getFailed();
      if (failed.length > 0) return failed;
      await Bun.sleep(20);
    }
  }

  test("a job asked for is done, as the system, with the ids it was given", async () => {
    const done = eventLog<{ data: unknown; actor: unknown; attempt: number }>();
    await work(
      handlersWith({
        "sync.push": async (data, _, { actor, attempt }) => done.add({ data, actor, attempt }),
      }),
    );
    const tenantId = aHospital();
    await queue.add("sync.push", { tenantId });
    expect(await done.nth(1)).toEqual([
      { data: { tenantId }, actor: { kind: "system", name: "job:sync.push" }, attempt: 1 },
    ]);
  });

  test("a key that waits is added once, and one that runs is run once more afterwards", async () => {
    const tenantId = aHospital();
    const started = eventLog<null>();
    const last = eventLog<null>();
    const release = Promise.withResolvers<void>();
    await queue.add("sync.push", { tenantId }, { dedupeKey: tenantId });
    await queue.add("sync.push", { tenantId }, { dedupeKey: tenantId });
    await work(
      handlersWith({
        "sync.push": async () => {
          started.add(null);
          await release.promise;
        },
        "sync.push-due": async () => last.add(null),
      }),
    );
    await started.nth(1);
    await queue.add("sync.push", { tenantId }, { dedupeKey: tenantId });
    await queue.add("sync.push", { tenantId }, { dedupeKey: tenantId });
    release.resolve();
    await started.nth(2);
    await queue.add("sync.push-due", {}, { delayMs: 300 });
    await last.nth(1);
    expect(started.all).toHaveLength(2);
  });

  test("data with anything but ids in it is refused, and never tried again", async () => {
    const done = eventLog<null>();
    await work(handlersWith({ "sync.push": async () => done.add(null) }));
    await (await bull("sync")).add("sync.push", { tenantId: aHospital(), name: "Amina" }, { attempts: 5 });
    const [failed] = await failures("sync");
    expect(failed?.failedReason).toBe("jobs.invalid-data");
    expect(failed?.attemptsMade).toBe(1);
    expect(done.all).toHaveLength(0);
  });

  test("a hospital that is not there is not tried again", async () => {
    const tried = eventLog<null>();
    await work(
      handlersWith({
        "provisioning.resume": async () => {
          tried.add(null);
          throw new AppError("not-found", "tenant.not-found", "There is no such hospital.");
        },
      }),
    );
    await queue.add("provisioning.resume", { tenantId: aHospital() });
    const [failed] = await failures("upkeep");
    expect(failed?.failedReason).toBe("tenant.not-found");
    expect(tried.all).toHaveLength(1);
  });

  test("a database that is down for a moment is tried again, and then it works", async () => {
    const tried = eventLog<number>();
    await work(
      handlersWith({
        "sync.push": async (_, __, { attempt }) => {
          tried.add(attempt);
          if (attempt === 1) throw new AppError("unavailable", "database.down", "The database is down.");
        },
      }),
    );
    await queue.add("sync.push", { tenantId: aHospital() });
    expect(await tried.nth(2)).toEqual([1, 2]);
  });

  test("no word of a row reaches the queue or the log when a job fails", async () => {
    const lines: string[] = [];
    const log = pino({ level: "debug" }, { write: (line: string) => lines.push(line) });
    const failing = async () => {
      const refused = new Error('invalid input syntax for type date: "Amina Khan 1990"');
      throw Object.assign(refused, { name: "PostgresError", code: "22007" });
    };
    await work(handlersWith({ "import.run": failing }), [], log);
    const ids = { tenantId: aHospital(), importId: aHospital() };
    await (await bull("imports")).add("import.run", ids, { attempts: 1 });
    const [failed] = await failures("imports");
    expect(failed?.failedReason).toBe("PostgresError 22007");
    expect(JSON.stringify(failed)).not.toContain("Amina");
    expect(lines.join("")).toContain("PostgresError 22007");
    expect(lines.join("")).not.toContain("Amina");
    expect(lines.join("")).toContain(ids.tenantId);
  });

  test("only numbers of a result are kept", async () => {
    await work(handlersWith({ "sync.push": async () => ({ rows: 3, whole: true, name: "Amina" }) }));
    await queue.add("sync.push", { tenantId: aHospital() });
    for (;;) {
      const [job] = await (await bull("sync")).getCompleted();
      if (job === undefined) {
        await Bun.sleep(20);
        continue;
      }
      expect(job.returnvalue).toEqual({ rows: 3, whole: true });
      return;
    }
  });

  test("a schedule runs by itself, and a turn that finds the former one still running ends at once", async () => {
    const release = Promise.withResolvers<void>();
    const turns = eventLog<null>();
    await work(
      handlersWith({
        "sync.push-due": async () => {
          turns.add(null);
          await release.promise;
        },
      }),
      [{ job: "sync.push-due", everyMs: 200 }],
    );
    await turns.nth(1);
    for (;;) {
      const skipped = (await (await bull("sync")).getCompleted()).filter((job) => job.returnvalue?.skipped);
      if (skipped.length >= 2) break;
      await Bun.sleep(50);
    }
    expect(turns.all).toHaveLength(1);
    release.resolve();
    await turns.nth(2);
  });

  test("schedules are set once, changed when the list changes, and set again when the store lost them", async () => {
    const hourly = {
      job: "subscriptions.expire-trials",
      pattern: "0 0 * * * *",
      zone: "Asia/Karachi",
    } as const;
    const minutely = { job: "health.check-all", everyMs: 60_000 } as const;
    expect(await applySchedules(queue, [hourly, minutely])).toEqual({ set: 2, removed: 0 });
    expect(await applySchedules(queue, [hourly, minutely])).toEqual({ set: 0, removed: 0 });
    expect(await applySchedules(queue, [{ ...hourly, zone: "UTC" }])).toEqual({ set: 1, removed: 1 });
    const upkeep = await bull("upkeep");
    const [left] = await upkeep.getJobSchedulers();
    expect(left).toMatchObject({ key: "subscriptions.expire-trials", pattern: "0 0 * * * *", tz: "UTC" });
    await upkeep.obliterate({ force: true });
    expect(await applySchedules(queue, [{ ...hourly, zone: "UTC" }])).toEqual({ set: 1, removed: 0 });
  });

  test("closing lets a job end that ends in time", async () => {
    const begun = eventLog<null>();
    const ended = eventLog<null>();
    const release = Promise.withResolvers<void>();
    const worker = await work(
      handlersWith({
        "sync.push": async () => {
          begun.add(null);
          await release.promise;
          ended.add(null);
        },
      }),
    );
    await queue.add("sync.push", { tenantId: aHospital() });
    await begun.nth(1);
    const closed = worker.close(10_000);
    release.resolve();
    await closed;
    expect(ended.all).toHaveLength(1);
    const numbers = await queueNumbers(queue);
    expect(numbers.find(({ queue: name }) => name === "sync")).toMatchObject({
      waiting: 0,
      active: 0,
      failed: 0,
    });
  });

  test("closing gives a job back that would take too long, and the next worker does it as its first try", async () => {
    const begun = eventLog<null>();
    const worker = await work(
      handlersWith({
        "sync.push": async (_, __, { signal }) => {
          begun.add(null);
          await new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          );
        },
      }),
    );
    await queue.add("sync.push", { tenantId: aHospital() });
    await begun.nth(1);
    await worker.close(50);
    const attempts = eventLog<number>();
    await work(handlersWith({ "sync.push": async (_, __, { attempt }) => attempts.add(attempt) }));
    expect(await attempts.nth(1)).toEqual([1]);
  });

  test("while the store is away asking is answered in two seconds, nothing a sweep finds fails, and all goes on by itself", async () => {
    const done = eventLog<string>();
    await work(handlersWith({ "sync.push": async ({ tenantId = "" }) => done.add(tenantId) }));
    const before = aHospital();
    await queue.add("sync.push", { tenantId: before });
    await done.nth(1);
    const waiting = aHospital();
    await queue.add("sync.push", { tenantId: waiting }, { delayMs: 1_500 });

    place.cut();
    const from = performance.now();
    await queue.add("sync.push", { tenantId: aHospital() });
    const refused = queue.add("health.check-all", {});
    const told = expect(refused).rejects.toMatchObject({ kind: "unavailable", code: "jobs.unavailable" });
    await told;
    expect(await queueHealth(queue)).toEqual({ ready: false, notReady: [`job queue (${kind})`] });
    expect(performance.now() - from).toBeLessThan(6_000);

    await place.mend();
    while (!(await queueHealth(queue)).ready) await Bun.sleep(50);
    const after = aHospital();
    await queue.add("sync.push", { tenantId: after });
    const all = await done.nth(3);
    expect(all.filter((id) => id === waiting)).toHaveLength(1);
    expect(all.filter((id) => id === after)).toHaveLength(1);
  });

  test("an outage leaves a handful of lines in the log, and its end one", async () => {
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
    const done = eventLog<null>();
    await work(handlersWith({ "sync.push": async () => done.add(null) }), [], log);
    place.cut();
    await Bun.sleep(3_000);
    const during = lines.length;
    await place.mend();
    while (!(await queueHealth(queue)).ready) await Bun.sleep(50);
    await queue.add("sync.push", { tenantId: aHospital() });
    await done.nth(1);
    expect(during).toBeGreaterThan(0);
    expect(during).toBeLessThan(8);
    expect(lines.some((line) => line.includes("is back"))).toBe(true);
  });

  test("a process that starts before its store serves, and works when the store comes", async () => {
    place.cut();
    const early = createQueue({ ...place.store, log: silent });
    const done = eventLog<null>();
    const worker = startWorker({
      store: place.store,
      queue: early,
      handlers: handlersWith({ "sync.push": async () => done.add(null) }),
      services: null,
      log: silent,
      schedules: [],
    });
    workers.push(worker);
    expect((await queueHealth(early, 300)).ready).toBe(false);
    await place.mend();
    await worker.ready;
    await early.add("sync.push", { tenantId: aHospital() });
    await done.nth(1);
    await worker.close(0);
    await early.close();
  });

  test("closing is bounded while the store is away", async () => {
    const own = createQueue({ ...place.store, log: silent });
    await own.queues();
    const worker = await work(handlersWith({}));
    place.cut();
    const from = performance.now();
    await worker.close(500);
    await own.close();
    expect(performance.now() - from).toBeLessThan(9_000);
    await place.mend();
  });
});
