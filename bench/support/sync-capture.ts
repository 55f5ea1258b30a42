import { deskRate, hearDesk, openDesk } from "./desk.ts";
import { type Known, visit } from "./offline-writes.ts";
import { openStand } from "./stand.ts";
import { figure, middle, type Sql } from "./sync-visits.ts";

const clients = 8;

/** Lets a hospital's capture rest, on every table and partition. */
async function restCapture(admin: Sql): Promise<void> {
  await admin.unsafe(`do $$ declare t record; begin
    for t in select tgrelid::regclass::text as name, tgname from pg_trigger
      where tgname in ('sync_insert', 'sync_update', 'sync_delete') loop
      execute format('alter table %s disable trigger %I', t.name, t.tgname);
    end loop; end $$`);
}

/**
 * What capture costs: the same work done in two hospitals, of which one's capture rests, in short turns, so that
 * whatever else the machine does falls on both. Answers the middle of the rounds' own ratios and of the rates.
 */
async function costOf(
  rounds: number,
  capturing: () => Promise<number>,
  resting: () => Promise<number>,
): Promise<{ readonly cost: number; readonly rate: number }> {
  for (const work of [capturing, resting]) await work();
  const costs: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isFirst = round % 2 === 0;
    const first = await (isFirst ? capturing : resting)();
    const second = await (isFirst ? resting : capturing)();
    const [on, off] = isFirst ? [first, second] : [second, first];
    rates.push(on);
    costs.push(1 - on / off);
  }
  return { cost: middle(costs), rate: middle(rates) };
}

/** Of a hospital's transactions: registrations and corrections of patients, as the app itself writes them. */
export async function captureCost(rounds: number, seconds: number): Promise<void> {
  // No jobs: nobody carries changes meanwhile.
  const stand = await openStand({ role: "web" });
  try {
    const capturing = await openDesk(stand, "capturing", clients);
    const resting = await openDesk(stand, "resting", clients);
    await restCapture(resting.admin);
    const work = await hearDesk(stand, "capturing");
    const { cost, rate } = await costOf(
      rounds,
      () => deskRate(capturing.sql, work, clients, seconds),
      () => deskRate(resting.sql, work, clients, seconds),
    );
    figure("transactions-per-second", rate, "1/s", 0);
    figure("capture-cost", cost, "ratio", 3);
    await Promise.all([capturing, resting].flatMap(({ admin, sql }) => [admin.end(), sql.end()]));
  } finally {
    await stand.close();
  }
}

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

/** At its dearest: transactions that hold nothing but ten captured rows, a statement each. */
export async function rowCaptureCost(
  capturing: Sql,
  resting: Sql,
  rounds: number,
  seconds: number,
): Promise<void> {
  await restCapture(resting);
  let number = 50_000_000;
  const numbers = () => (number += 1);
  const { cost, rate } = await costOf(
    rounds,
    () => visitRate(capturing, seconds, numbers),
    () => visitRate(resting, seconds, numbers),
  );
  figure("ten-row-transactions-per-second", rate, "1/s", 0);
  figure("ten-row-capture-cost", cost, "ratio", 3);
}
