import { expect, test } from "bun:test";
import { Scratch, valuesOf } from "../scratch.ts";
import { backendOf, failure, pool, terminate } from "./driver.ts";

const closed = { code: "CONNECTION_CLOSED" };
/** The server's own word (admin shutdown), or the driver's where none arrived. */
const ended = ["57P01", "CONNECTION_CLOSED"];

function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? "none";
}

test("what a transaction says after its connection died never reaches the transaction that came after it", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  await using sql = pool({ max: 1 }, place);
  await using other = pool({ max: 1 }, place);
  await sql`create table t (id int)`;
  const goOn = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<Error | undefined | "late">();
  const first = sql.begin(async (tx) => {
    await tx`insert into t values (1)`;
    await terminate(other, await backendOf(tx));
    await goOn.promise;
    refused.resolve(await failure(tx`insert into t values (3)`));
  });
  expect(await failure(first)).toMatchObject(closed);
  await sql.begin(async (tx) => {
    await tx`insert into t values (2)`;
    goOn.resolve();
    expect(await refused.promise).toMatchObject(closed);
  });
  expect(await valuesOf(sql`select id from t`)).toEqual([[2]]);
});

test("a transaction whose connection died refuses its statements, running, queued and later", async () => {
  await using sql = pool({ max: 1 });
  await using other = pool({ max: 1 });
  const outcomes = Promise.withResolvers<unknown[]>();
  const run = sql.begin(async (tx) => {
    const pid = await backendOf(tx);
    const running = [tx`select pg_sleep(60)`, tx`select 1`, tx`select 2`].map((statement) =>
      failure(statement),
    );
    await terminate(other, pid);
    outcomes.resolve([...(await Promise.all(running)), await failure(tx`select 3`)]);
    throw new Error("the work's own error");
  });
  expect(ended).toContain(codeOf(await failure(run)));
  await sql`select 1`;
  for (const outcome of await outcomes.promise) expect(ended).toContain(codeOf(outcome));
});

test("a statement that comes after its transaction was committed is refused", async () => {
  await using sql = pool({ max: 1 });
  let late: PromiseLike<unknown> = Promise.resolve();
  await sql.begin(async (tx) => {
    late = tx`select 1`
      .then(() => tx`select 2`)
      .then(() => Bun.sleep(20))
      .then(() => tx`select 3`);
    await tx`select 4`;
  });
  expect(await failure(late)).toMatchObject(closed);
  expect(await valuesOf(sql`select 5`)).toEqual([[5]]);
});

test("a transaction that begins where the pipeline is just full has its connection for itself", async () => {
  await using sql = pool({ max: 1 });
  await sql`select 1`;
  const before = Array.from({ length: 100 }, () => sql`select 1`.execute());
  const transaction = sql.begin(async (tx) => {
    await tx`select 1`;
    return "done";
  });
  await Promise.all(before);
  expect(await failure(transaction)).toBeUndefined();
  expect(await valuesOf(sql`select 2`)).toEqual([[2]]);
});

test("a reserved connection that died refuses what follows, and giving it back does no harm", async () => {
  await using sql = pool({ max: 1 });
  await using other = pool({ max: 1 });
  const reserved = await sql.reserve();
  await terminate(other, await backendOf(reserved));
  expect(await failure(reserved`select 1`)).toBeInstanceOf(Error);
  const next = await sql.reserve();
  expect(await failure(reserved`select 2`)).toMatchObject(closed);
  reserved.release();
  expect(await valuesOf(next`select 3`)).toEqual([[3]]);
  next.release();
  expect(await valuesOf(sql`select 4`)).toEqual([[4]]);
});

test("a connection can be reserved without the types being fetched first", async () => {
  await using sql = pool({ max: 1, fetch_types: false });
  const reserved = sql.reserve();
  expect(await failure(reserved)).toBeUndefined();
  expect(await valuesOf((await reserved)`select 1`)).toEqual([[1]]);
});

test("a statement that cannot be written fails by itself; its neighbours get their own answers", async () => {
  await using sql = pool({ max: 1 });
  await sql`select 1`;
  const missing = undefined as unknown as string;
  const [first, broken, second] = await Promise.allSettled([
    sql`select 1 as n, pg_sleep(0.05)`.execute(),
    sql`select ${missing} as n`.execute(),
    sql`select 2 as n`.execute(),
  ]);
  expect(first).toMatchObject({ status: "fulfilled", value: [{ n: 1 }] });
  expect(broken).toMatchObject({ status: "rejected", reason: { code: "UNDEFINED_VALUE" } });
  expect(second).toMatchObject({ status: "fulfilled", value: [{ n: 2 }] });
});
