import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { BullQueue } from "../../jobs/backend.ts";
import { createDashboard, type Dashboard } from "../../jobs/dashboard.ts";
import { openBackend } from "../../jobs/open-backend.ts";
import { createQueue, type OpenJobQueue, queueOf } from "../../jobs/queue.ts";
import { browserPath, openBrowser } from "../support/browser.ts";
import { isHere, kinds, openStore, silent, type TestStore } from "./stores.ts";

setDefaultTimeout(60_000);

if (browserPath === null) console.warn("SKIPPED: the job board in a browser. There is no Chromium here.");

/** What WCAG 2.2 AA finds wrong on a page, by rule and element. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

describe.each(kinds)("the job board on %s", (kind) => {
  if (!isHere(kind)) {
    test.skip(`SKIPPED: no server for ${kind} on this machine`, () => {});
    return;
  }

  let place: TestStore;
  let queue: OpenJobQueue;
  let upkeep: BullQueue;
  let board: Dashboard;
  beforeAll(async () => {
    place = await openStore(kind);
    queue = createQueue({ ...place.store, log: silent });
    upkeep = queueOf(await queue.queues(), "upkeep");
    board = createDashboard(queue);
  });
  afterAll(async () => {
    await queue.close();
    await place.close();
  });
  beforeEach(() => upkeep.obliterate({ force: true }));

  const tenantId = () => Bun.randomUUIDv7();
  const addOne = async (options = {}) =>
    String(
      (await upkeep.add("provisioning.resume", { tenantId: tenantId() }, { attempts: 1, ...options })).id,
    );

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return await board.handle(
      new Request(`http://owner.localhost/jobs${path}`, {
        method,
        headers: {
          host: "owner.localhost",
          "sec-fetch-site": "same-origin",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  }

  async function act(method: string, path: string, body?: unknown): Promise<void> {
    const response = await ask(method, `/api/queues/upkeep${path}`, body);
    expect([path, response.status, response.ok ? "" : await response.text()]).toEqual([
      path,
      response.status,
      "",
    ]);
  }

  /** Adds jobs and lets each of them fail. */
  async function addFailed(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) ids.push(await addOne());
    const backend = await openBackend({ ...place.store, purpose: "work", log: silent });
    await backend.prepare();
    let left = count;
    const worker = backend.worker("upkeep", () => Promise.reject(new Error("database.down")), 1);
    const failed = new Promise<void>((resolve) =>
      worker.on("failed", () => {
        left -= 1;
        if (left === 0) resolve();
      }),
    );
    void worker.run();
    await failed;
    await worker.close();
    await backend.close();
    return ids;
  }

  const stateOf = async (id: string) => (await upkeep.getJob(id))?.getState();

  test("shows every line of work with its counts, its failures and its schedules", async () => {
    const [id] = await addFailed(1);
    await upkeep.upsertJobScheduler(
      "health.check-all",
      { every: 60_000 },
      { name: "health.check-all", data: {} },
    );
    const { queues } = (await (
      await ask("GET", "/api/queues?activeQueue=upkeep&status=failed&page=1")
    ).json()) as {
      queues: {
        name: string;
        counts: Record<string, number>;
        jobs: { id: string; failedReason: string }[];
      }[];
    };
    expect(queues.map(({ name }) => name)).toEqual(["sync", "upkeep", "mail", "imports"]);
    expect(queues[1]).toMatchObject({ counts: { failed: 1 }, jobs: [{ id, failedReason: "database.down" }] });
    const { schedulers } = (await (await ask("GET", "/api/job-schedulers")).json()) as {
      schedulers: unknown[];
    };
    expect(schedulers).toMatchObject([{ id: "health.check-all", every: 60_000 }]);
  });

  test("retries a failed job, and all of them", async () => {
    const [first = "", second = ""] = await addFailed(2);
    await act("PUT", `/${first}/retry`);
    expect(await stateOf(first)).toBe("waiting");
    expect(await stateOf(second)).toBe("failed");
    await act("PUT", "/retry/failed");
    expect(await stateOf(second)).toBe("waiting");
  });

  test("brings a delayed job forward, and all of them", async () => {
    const first = await addOne({ delay: 3_600_000 });
    const second = await addOne({ delay: 3_600_000 });
    await act("PUT", `/${first}/promote`);
    expect([await stateOf(first), await stateOf(second)]).toEqual(["waiting", "delayed"]);
    await act("PUT", "/promote");
    expect(await stateOf(second)).toBe("waiting");
  });

  test("pauses and resumes one line, and all", async () => {
    for (const path of ["/pause", "/resume"]) {
      await act("PUT", path);
      expect(await upkeep.isPaused()).toBe(path === "/pause");
      expect((await ask("PUT", `/api/queues${path}`)).status).toBe(200);
      expect(await upkeep.isPaused()).toBe(path === "/pause");
    }
  });

  test("removes one job, all of a state, and all that wait", async () => {
    const [failed = "", other = ""] = await addFailed(2);
    await act("PUT", `/${failed}/clean`);
    expect(await upkeep.getJob(failed)).toBeUndefined();
    const delayed = await addOne({ delay: 3_600_000 });
    // The board spares what is younger than five seconds.
    await Bun.sleep(5_050);
    await act("PUT", "/clean/failed");
    expect(await upkeep.getJob(other)).toBeUndefined();
    await act("PUT", "/clean/delayed");
    expect(await upkeep.getJob(delayed)).toBeUndefined();
    const waiting = await addOne();
    await act("PUT", "/empty");
    expect(await upkeep.getJob(waiting)).toBeUndefined();
  });

  test("adds a job, changes its data, its delay and its priority", async () => {
    const added = await ask("POST", "/api/queues/upkeep/add", {
      name: "provisioning.resume",
      data: { tenantId: tenantId() },
      options: { delay: 3_600_000 },
    });
    const { job } = (await added.json()) as { job: { id: string } };
    const other = tenantId();
    await act("PATCH", `/${job.id}/update-data`, { jobData: { tenantId: other } });
    expect((await upkeep.getJob(job.id))?.data).toEqual({ tenantId: other });
    await act("PATCH", `/${job.id}/delay`, { runAt: Date.now() + 60_000 });
    expect((await upkeep.getJob(job.id))?.delay).toBeWithin(50_000, 60_001);
    const waiting = await addOne();
    await act("PATCH", `/${waiting}/priority`, { priority: 5 });
    expect((await upkeep.getJob(waiting))?.priority).toBe(5);
  });

  test("runs a schedule at once, changes it and removes it", async () => {
    const id = "health.check-all";
    await upkeep.upsertJobScheduler(id, { every: 60_000 }, { name: id, data: {} });
    const before = (await upkeep.getJobCounts()).waiting ?? 0;
    await act("PUT", `/job-schedulers/${id}/run`);
    expect((await upkeep.getJobCounts()).waiting).toBe(before + 1);
    await act("PATCH", `/job-schedulers/${id}`, { every: 30_000 });
    expect(Number((await upkeep.getJobScheduler(id))?.every)).toBe(30_000);
    await act("PUT", `/job-schedulers/${id}/remove`);
    expect(await upkeep.getJobSchedulersCount()).toBe(0);
  });

  test("sets and lifts bounds on a line, and clears a paused one", async () => {
    await act("PUT", "/concurrency", { concurrency: 2 });
    expect(await upkeep.getGlobalConcurrency()).toBe(2);
    await act("PUT", "/concurrency", { concurrency: 0 });
    await act("PUT", "/rate-limit", { max: 10, duration: 1_000 });
    await act("PUT", "/rate-limit/release");
    await act("PUT", "/pause");
    const waiting = await addOne();
    await act("PUT", "/obliterate", { force: true });
    expect(await upkeep.getJob(waiting)).toBeUndefined();
    await act("PUT", "/resume");
  });

  test("what is not there is 404, and a change that another site sent is refused", async () => {
    expect((await ask("GET", "/static/none.js")).status).toBe(404);
    expect((await ask("PUT", "/api/queues/upkeep/none/retry")).status).toBe(404);
    const id = await addOne({ delay: 3_600_000 });
    const sent = { "sec-fetch-site": "cross-site" };
    expect((await ask("PUT", `/api/queues/upkeep/${id}/promote`, undefined, sent)).status).toBe(403);
    expect(await stateOf(id)).toBe("delayed");
  });

  test("while the store is away the board says so, in time", async () => {
    place.cut();
    const from = performance.now();
    expect((await ask("GET", "/api/queues")).status).toBe(503);
    expect(performance.now() - from).toBeLessThan(10_000);
    await place.mend();
    while ((await ask("GET", "/api/queues")).status !== 200) await Bun.sleep(50);
  });

  test.skipIf(browserPath === null)(
    "in a browser: no word to another host, nothing against the policy, and its buttons work",
    async () => {
      const [id = ""] = await addFailed(1);
      const server = Bun.serve({ port: 0, fetch: (request) => board.handle(request) });
      const chrome = await openBrowser();
      try {
        const page = await chrome.context.newPage();
        const foreign: string[] = [];
        const complaints: string[] = [];
        page.on("request", (request) => {
          if (!request.url().startsWith(server.url.origin)) foreign.push(request.url());
        });
        page.on("console", (message) => {
          if (message.type() === "error") complaints.push(message.text());
        });
        page.on("pageerror", (error) => complaints.push(error.message));
        for (const path of ["", "/job-schedulers"]) {
          await page.goto(`${server.url.origin}/jobs${path}`);
          await page.waitForLoadState("networkidle");
          expect(await barriers(page)).toEqual([]);
        }
        await page.goto(`${server.url.origin}/jobs/queue/upkeep?status=failed`);
        await page.getByText("database.down").first().waitFor();
        expect(await barriers(page)).toEqual([]);
        const retried = page.waitForResponse((response) => response.url().endsWith("/retry/failed"));
        await page.getByRole("button", { name: "Retry all" }).click();
        await page.getByRole("button", { name: "Confirm" }).click();
        expect((await retried).status()).toBe(200);
        expect(await stateOf(id)).toBe("waiting");
        expect(foreign).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await chrome.close();
        await server.stop(true);
      }
    },
  );
});
