import { afterAll, expect, test } from "bun:test";
import { startProxy } from "../../support/proxy.ts";
import { admin, valuesOf } from "../scratch.ts";
import { failure, pool, soon } from "./driver.ts";

const proxy = await startProxy(admin);
const through = { ...admin, host: "127.0.0.1", port: proxy.port };
afterAll(() => proxy.stop());

for (const [how, act] of [
  ["ended", proxy.cut],
  ["broken off", proxy.reset],
] as const) {
  test(`a connection ${how} under running statements fails them at once, and the pool goes on`, async () => {
    await using sql = pool({ max: 2, backoff: soon }, through);
    await Promise.all([sql`select 1`, sql`select 1`]);
    const running = [sql`select pg_sleep(60)`, sql`select pg_sleep(60)`, sql`select pg_sleep(60)`].map(
      (statement) => failure(statement),
    );
    await Bun.sleep(20);
    const started = performance.now();
    act();
    for (const outcome of await Promise.all(running)) expect(outcome).toBeInstanceOf(Error);
    expect(performance.now() - started).toBeLessThan(500);
    expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
  });

  test(`a connection ${how} between statements of a transaction fails the transaction, not the process`, async () => {
    await using sql = pool({ max: 1, backoff: soon }, through);
    const run = sql.begin(async (tx) => {
      await tx`select 1`;
      act();
      await Bun.sleep(50);
      await failure(tx`select 2`);
      await failure(tx`select ${3}::int`);
    });
    expect(await failure(run)).toBeInstanceOf(Error);
    await Bun.sleep(100);
    expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
  });
}

test("a connection broken off at any point of signing in fails what waited for it, and nothing else", async () => {
  for (let bytes = 1; bytes < 1600; bytes += 37) {
    proxy.resetAfter(bytes);
    await using sql = pool({ max: 1, backoff: soon }, through);
    const outcome = await failure(sql`select 1`);
    expect(outcome).not.toBe("late");
    if (bytes < 300) expect(outcome).toBeInstanceOf(Error);
    proxy.heal();
    expect(await failure(sql`select 1`)).toBeUndefined();
  }
});

test("a server that hangs up on whoever connects fails the statement instead of trying for ever", async () => {
  await using sql = pool({ max: 1, backoff: soon }, through);
  proxy.refuse();
  try {
    expect(await failure(sql`select 1`)).toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(await failure(sql.begin((tx) => tx`select 1`))).toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(await failure(sql.reserve())).toMatchObject({ code: "CONNECTION_CLOSED" });
  } finally {
    proxy.heal();
  }
  expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
});

test("with the server out of reach, everything that waits is told at the first failure, not one after another", async () => {
  await using sql = pool({ max: 2, backoff: soon, connect_timeout: 0.4 }, through);
  proxy.freeze();
  const started = performance.now();
  try {
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => failure(sql`select 1`)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: "CONNECT_TIMEOUT" });
    expect(performance.now() - started).toBeLessThan(900);
  } finally {
    proxy.heal();
  }
  expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
});

test("a network that falls silent under a statement fails it after the response timeout; a pause under that does not", async () => {
  await using sql = pool({ max: 1, backoff: soon, response_timeout: 0.6 }, through);
  expect(await failure(sql`select pg_sleep(0.3)`)).toBeUndefined();
  const running = failure(sql`select pg_sleep(0.05)`);
  proxy.freeze();
  expect(await running).toMatchObject({ code: "RESPONSE_TIMEOUT" });
  proxy.heal();
  expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
});

test("asking to cancel a statement while the server is out of reach harms nobody", async () => {
  await using sql = pool({ max: 1, backoff: soon }, through);
  await sql`select 1`;
  const running = sql`select pg_sleep(60)`.execute();
  const outcome = failure(running);
  await Bun.sleep(20);
  proxy.refuse();
  running.cancel();
  proxy.reset();
  expect(await outcome).toBeInstanceOf(Error);
  proxy.heal();
  expect(await valuesOf(sql`select 1`)).toEqual([[1]]);
});

test("a listener hears again after its connection was lost", async () => {
  await using sql = pool({ max: 1, backoff: soon }, through);
  await using other = pool({ max: 1 });
  const heard: string[] = [];
  let wake = Promise.withResolvers<void>();
  await sql.listen(
    "ward",
    (payload) => {
      heard.push(payload);
      wake.resolve();
    },
    () => wake.resolve(),
  );
  wake = Promise.withResolvers<void>();
  proxy.reset();
  await wake.promise;
  wake = Promise.withResolvers<void>();
  await other.notify("ward", "bed free");
  await wake.promise;
  expect(heard).toEqual(["bed free"]);
});
