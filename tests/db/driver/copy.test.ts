import { expect, test } from "bun:test";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Scratch, valuesOf } from "../scratch.ts";
import { backendOf, failure, pool, soon, terminate } from "./driver.ts";

const aLot = "copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout";

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

test("a copy out that is read slowly to its end leaves its connection usable", async () => {
  await using sql = pool({ max: 1 });
  for (let round = 0; round < 3; round += 1) {
    const stream = await sql.unsafe(aLot).readable();
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes % 100_100 === 0) await Bun.sleep(1);
    }
    expect(bytes).toBe(20_000 * 1001);
    expect(await failure(sql`select 1`)).toBeUndefined();
  }
});

test("a small copy out, wholly received before it is read, leaves its connection usable", async () => {
  await using sql = pool({ max: 1 });
  const stream = await sql
    .unsafe("copy (select repeat('x', 1000) from generate_series(1, 300)) to stdout")
    .readable();
  await Bun.sleep(50);
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) bytes += chunk.length;
  expect(bytes).toBe(300 * 1001);
  expect(await failure(sql`select 1`)).toBeUndefined();
});

test("a copy out given up half way leaves its connection usable", async () => {
  await using sql = pool({ max: 1 });
  const stream = await sql.unsafe(aLot).readable();
  for await (const chunk of stream as AsyncIterable<Uint8Array>) if (chunk.length > 0) break;
  expect(await failure(sql`select 1`)).toBeUndefined();
});

test("a copy out that fails at the server ends its stream with the server's error", async () => {
  await using sql = pool({ max: 1 });
  const stream = await sql
    .unsafe("copy (select 1 / (100 - n) from generate_series(1, 200) n) to stdout")
    .readable();
  expect(await failure(readAll(stream))).toMatchObject({ code: "22012" });
  expect(await failure(sql`select 1`)).toBeUndefined();
});

for (const [what, rows, code] of [
  ["a row out of form", ["1\n", "not a number\n", "3\n"], "22P02"],
  ["a row that breaks a constraint at the very end", ["1\n", "2\n", "1\n"], "23505"],
] as const) {
  test(`a copy in with ${what} fails with the server's error and gives its connection back`, async () => {
    await using scratch = new Scratch();
    await using sql = pool({ max: 1 }, await scratch.database());
    await sql`create table t (id int unique deferrable initially deferred)`;
    const sink = await sql`copy t from stdin`.writable();
    expect(await failure(pipeline(Readable.from(rows), sink))).toMatchObject({ code });
    expect(await valuesOf(sql`select count(*)::int from t`)).toEqual([[0]]);
    // The next copy is not told of the last one's end.
    await pipeline(Readable.from(["7\n"]), await sql`copy t from stdin`.writable());
    expect(await valuesOf(sql`select id from t`)).toEqual([[7]]);
  });
}

test("a copy in within a transaction that fails rolls the transaction back and gives its connection back", async () => {
  await using scratch = new Scratch();
  await using sql = pool({ max: 1 }, await scratch.database());
  await sql`create table t (id int primary key)`;
  const run = sql.begin(async (tx) => {
    await tx`insert into t values (1)`;
    await pipeline(Readable.from(["2\n", "2\n"]), await tx`copy t from stdin`.writable());
  });
  expect(await failure(run)).toMatchObject({ code: "23505" });
  expect(await failure(sql`select 1`)).toBeUndefined();
  expect(await valuesOf(sql`select count(*)::int from t`)).toEqual([[0]]);
});

test("a copy in whose source fails is undone, and its connection given back", async () => {
  await using scratch = new Scratch();
  await using sql = pool({ max: 1 }, await scratch.database());
  await sql`create table t (id int)`;
  const source = Readable.from(
    (async function* () {
      yield "1\n";
      throw new Error("the file ended early");
    })(),
  );
  expect(await failure(pipeline(source, await sql`copy t from stdin`.writable()))).toMatchObject({
    message: "the file ended early",
  });
  expect(await valuesOf(sql`select count(*)::int from t`)).toEqual([[0]]);
});

for (const direction of ["in", "out"] as const) {
  test(`a copy ${direction} whose connection dies fails, and the pool goes on`, async () => {
    await using scratch = new Scratch();
    const place = await scratch.database();
    await using sql = pool({ max: 1, backoff: soon }, place);
    await using other = pool({ max: 1 }, place);
    await sql`create table t (line text)`;
    const pid = await backendOf(sql);
    if (direction === "in") {
      const endless = Readable.from(
        (async function* () {
          for (;;) {
            yield `${"x".repeat(10_000)}\n`;
            await Bun.sleep(1);
          }
        })(),
      );
      const copying = failure(pipeline(endless, await sql`copy t from stdin`.writable()));
      await terminate(other, pid);
      expect(await copying).toBeInstanceOf(Error);
    } else {
      const stream = await sql
        .unsafe("copy (select repeat('x', 1000) from generate_series(1, 500000)) to stdout")
        .readable();
      await terminate(other, pid);
      expect(await failure(readAll(stream))).toBeInstanceOf(Error);
    }
    expect(await failure(sql`select 1`)).toBeUndefined();
  });
}

test("while a copy runs, other statements of the pool wait or go elsewhere instead of failing", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  await using sql = pool({ max: 1 }, place);
  await sql`create table t (id int)`;
  const sink = sql`copy t from stdin`.writable();
  const beside = failure(Promise.all([sql`select 1`, sql`select 2`]));
  await pipeline(Readable.from(["1\n", "2\n"]), await sink);
  expect(await beside).toBeUndefined();
});
