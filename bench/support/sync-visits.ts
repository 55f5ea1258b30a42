import { pipeline } from "node:stream/promises";
import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";

export type Sql = ReturnType<typeof openClient>;

/** A table like those of a hospital that are written most. */
export const tables = `
create table visits (id uuid primary key, patient_id uuid not null, seen_at timestamptz not null, note text not null,
  amount_minor bigint not null, version int not null default 1);
create index on visits (patient_id);`;

const columns = "id, patient_id, seen_at, note, amount_minor, version";

export const open = (place: Place, max: number): Sql =>
  openClient(place, { max, connection: { statement_timeout: 0 } });

export const figure = (name: string, value: number, unit: string, digits = 2): void =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);

export function made(table: string, from: number, to: number): string {
  return `insert into ${table} select md5('v' || i)::uuid, md5('p' || i / 5)::uuid, now(), 'Seen on the ward, note ' || i, i * 100, 1
    from generate_series(${from}, ${to}) i`;
}

/** Seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** What happens to a visit once it is written: it is changed so many times, each in a transaction of its own. */
export type Changes = 0 | 2;

/** So many visits in transactions of one row each, by eight clients; nobody waits for the disk. */
export async function oneByOne(
  sql: Sql,
  table: string,
  first: number,
  visits: number,
  changes: Changes,
): Promise<void> {
  await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      const session = await sql.reserve();
      await session`set synchronous_commit = off`;
      for (let turn = client; turn < visits; turn += 8) {
        await session.unsafe(made(table, first + turn, first + turn));
        for (let change = 0; change < changes; change += 1)
          await session.unsafe(
            `update ${table} set note = note || '.', version = version + 1 where id = md5('v${first + turn}')::uuid`,
          );
      }
      await session`reset synchronous_commit`;
      session.release();
    }),
  );
}

/** Plain COPY of the same rows into the same table of another database: the limit of what can be had. */
export async function copyRate(primary: Sql, scratch: Sql): Promise<void> {
  await scratch`alter table visits disable trigger user`;
  const source = await primary.unsafe(`copy (select ${columns} from visits) to stdout`).readable();
  const sink = await scratch.unsafe(`copy visits (${columns}) from stdin`).writable();
  await pipeline(
    source,
    async function* frames(given: AsyncIterable<Buffer>) {
      let held: Buffer[] = [];
      let size = 0;
      for await (const row of given) {
        held.push(row);
        size += row.length;
        if (size < 256 * 1024) continue;
        yield Buffer.concat(held, size);
        held = [];
        size = 0;
      }
      if (size > 0) yield Buffer.concat(held, size);
    },
    sink,
  );
}
