import { pipeline } from "node:stream/promises";
import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";

export type Sql = ReturnType<typeof openClient>;

/** A narrow table: what COPY does with it is the limit of what can be had. */
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

/** Plain COPY of `made` rows into the same table of another database: the limit of what can be had. */
export async function copyMade(primary: Sql, scratch: Sql, from: number, to: number): Promise<void> {
  await scratch`alter table visits disable trigger user`;
  const those = `amount_minor between ${from * 100} and ${to * 100}`;
  const source = await primary
    .unsafe(`copy (select ${columns} from visits where ${those}) to stdout`)
    .readable();
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
