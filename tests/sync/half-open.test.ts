import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";
import { closeCopySessions, withCopy } from "../../server/sync/copy-sessions.ts";
import { on, SideLost, withSide } from "../../server/sync/sides.ts";
import { watched } from "../../server/sync/watch.ts";
import { testCluster } from "../support/database.ts";
import { type Proxy as LinkProxy, startProxy } from "../support/proxy.ts";

/** How often the watch looks in these tests, ms; a question that nobody answers takes five seconds. */
const lookMs = 200;
let direct: Place;
let link: LinkProxy;
let through: Place;

beforeAll(async () => {
  direct = (await testCluster()).local;
  link = await startProxy(direct);
  through = { ...direct, host: "127.0.0.1", port: link.port };
});
afterEach(() => link.heal());
afterAll(async () => {
  await closeCopySessions();
  link.stop();
});

const lostBy = async (work: Promise<unknown>): Promise<unknown> => {
  const ended = await work.catch((error: unknown) => error);
  return ended instanceof SideLost ? ended.side : ended;
};

test("a link that falls silent under a long statement is noticed long before the statement's time is up", async () => {
  const asked = Promise.withResolvers<void>();
  const work = withSide(
    "copy",
    through,
    async (session) => {
      await on("copy", session`select 1`);
      asked.resolve();
      return on("copy", session`select pg_sleep(300)`);
    },
    lookMs,
  );
  await asked.promise;
  link.freeze();
  expect(await lostBy(work)).toBe("copy");
}, 120_000);

test("a session that the server no longer has is given up, though the server answers others", async () => {
  const client = openClient(through, { max: 1, fetch_types: false, connection: { statement_timeout: 0 } });
  const session = await client.reserve();
  const [self] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const asked = Promise.withResolvers<void>();
  const work = watched(
    direct,
    session,
    () => {
      // The word that it was ended never arrives.
      link.freeze();
      asked.resolve();
      return on("primary", session`select pg_sleep(300)`);
    },
    () => client.end({ timeout: 0 }),
    lookMs,
  );
  await asked.promise;
  await withSide("primary", direct, (other) => other`select pg_terminate_backend(${self?.pid ?? 0}, 5000)`);
  expect(await lostBy(work)).toBe("primary");
}, 120_000);

test("a long statement over a sound link is left alone", async () => {
  const rows = await withSide(
    "copy",
    through,
    (session) => on("copy", session<{ one: number }[]>`select 1 as one from pg_sleep(1.5)`),
    50,
  );
  expect(rows[0]?.one).toBe(1);
});

test("a copy's session that fell silent is given up, and the next one works", async () => {
  const asked = Promise.withResolvers<void>();
  const work = withCopy(
    through,
    async (session) => {
      await session`select 1`;
      asked.resolve();
      return on("copy", session`select pg_sleep(300)`);
    },
    lookMs,
  );
  await asked.promise;
  link.freeze();
  expect(await lostBy(work)).toBe("copy");
  link.heal();
  const [row] = await withCopy(through, (session) => session<{ one: number }[]>`select 1 as one`);
  expect(row?.one).toBe(1);
}, 120_000);
