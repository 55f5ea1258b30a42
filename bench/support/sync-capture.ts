import { figure, middle, type Sql } from "./sync-visits.ts";

const clients = 8;

/** Transactions a second of clients that each insert a row and change one. */
async function transactionRate(sql: Sql, seconds: number): Promise<number> {
  const started = performance.now();
  const until = started + seconds * 1000;
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const id = Bun.randomUUIDv7();
      await sql.begin(async (tx) => {
        await tx`insert into visits values (${id}, ${id}, now(), 'A note of the usual length, written by hand', 1200, 1)`;
        await tx`update visits set version = version + 1, note = 'Changed' where id = ${id}`;
      });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (done * 1000) / (performance.now() - started);
}

/**
 * What capture costs the hospital: the same load with and without it, in turns, so that whatever else the machine
 * does falls on both; the middle of the rounds' own ratios.
 */
export async function captureCost(sql: Sql, rounds: number, seconds: number): Promise<void> {
  const costs: number[] = [];
  const rates: number[] = [];
  const withCapture = async (on: boolean): Promise<number> => {
    await sql.unsafe(`alter table visits ${on ? "enable" : "disable"} trigger user`);
    return transactionRate(sql, seconds);
  };
  await withCapture(true);
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes second in a round finds a larger table: take turns.
    const first = await withCapture(round % 2 === 0);
    const second = await withCapture(round % 2 !== 0);
    const [on, off] = round % 2 === 0 ? [first, second] : [second, first];
    rates.push(on);
    costs.push(1 - on / off);
  }
  await sql`alter table visits enable trigger user`;
  figure("transactions-per-second", middle(rates), "1/s", 0);
  figure("capture-cost", middle(costs), "ratio", 3);
}
