import { type Known, visit } from "./offline-writes.ts";
import { figure, middle, type Sql } from "./sync-visits.ts";

const clients = 8;
const written = ["patients", "encounters", "observations"] as const;
const triggers = ["sync_insert", "sync_update", "sync_delete"] as const;

/** Visits a second, each a transaction of ten statements, that so many clients get written. */
async function visitRate(sql: Sql, seconds: number, numbers: () => number): Promise<number> {
  const started = performance.now();
  const until = started + seconds * 1000;
  let done = 0;
  const client = async (): Promise<void> => {
    const seen: Known[] = [];
    while (performance.now() < until) {
      const number = numbers();
      const back = number % 3 === 0 ? undefined : seen[number % Math.max(1, seen.length)];
      const { statements, known } = visit(number, new Date(), back);
      if (back === undefined) seen.push(known);
      await sql.begin(async (tx) => {
        for (const statement of statements) await tx.unsafe(statement);
      });
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (done * 1000) / (performance.now() - started);
}

/**
 * What capture costs a hospital's transactions: the same visits written with and without it, in turns, so that
 * whatever else the machine does falls on both; the middle of the rounds' own ratios.
 */
export async function captureCost(sql: Sql, rounds: number, seconds: number): Promise<void> {
  const costs: number[] = [];
  const rates: number[] = [];
  let number = 50_000_000;
  const numbers = () => (number += 1);
  const switchCapture = async (to: "enable" | "disable"): Promise<void> => {
    for (const table of written)
      for (const trigger of triggers) await sql.unsafe(`alter table ${table} ${to} trigger ${trigger}`);
  };
  const withCapture = async (on: boolean): Promise<number> => {
    await switchCapture(on ? "enable" : "disable");
    return visitRate(sql, seconds, numbers);
  };
  await withCapture(true);
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes second in a round finds larger tables: take turns.
    const first = await withCapture(round % 2 === 0);
    const second = await withCapture(round % 2 !== 0);
    const [on, off] = round % 2 === 0 ? [first, second] : [second, first];
    rates.push(on);
    costs.push(1 - on / off);
  }
  await switchCapture("enable");
  figure("visits-per-second", middle(rates), "1/s", 0);
  figure("capture-cost", middle(costs), "ratio", 3);
}
