import type { openClient } from "../../db/connect.ts";
import { type Random, seeded } from "./random.ts";

type Sql = ReturnType<typeof openClient>;

/** What the laboratory knows to be in the hospital's database. */
export interface Ledger {
  /** Acknowledged and not removed since: id and number of parts. */
  readonly held: Map<string, number>;
  /** Removed, and the removal acknowledged. */
  readonly removed: Set<string>;
  /** The answer to its commit was lost: it may be there or not. */
  readonly unsure: Set<string>;
  acknowledged: number;
}

export const newLedger = (): Ledger => ({
  held: new Map(),
  removed: new Set(),
  unsure: new Set(),
  acknowledged: 0,
});

export interface Writers {
  /** Lets what is under way end, and begins nothing. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

/** Clients of the hospital that never stop: transactions of many rows that overlap and commit out of order. */
export function startWriters(sql: Sql, ledger: Ledger, count: number, seed: number): Writers {
  let working = true;
  let gate = Promise.resolve();
  let open: (() => void) | null = null;
  let busy = 0;
  const idle: (() => void)[] = [];
  const one = async (writer: number): Promise<void> => {
    const random = seeded(seed * 1000 + writer);
    const own: string[] = [];
    for (let turn = 0; working; turn += 1) {
      await gate;
      busy += 1;
      await commitOne(sql, ledger, own, { random, writer, turn });
      busy -= 1;
      if (busy === 0) for (const tell of idle.splice(0)) tell();
      await Bun.sleep(random.between(5, 60));
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, writer) => one(writer)));
  const settled = (): Promise<void> =>
    busy === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
  return {
    async pause() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
      await settled();
    },
    resume() {
      open?.();
      gate = Promise.resolve();
    },
    async stop() {
      working = false;
      open?.();
      await running;
    },
  };
}

interface Turn {
  readonly random: Random;
  readonly writer: number;
  readonly turn: number;
}

async function commitOne(
  sql: Sql,
  ledger: Ledger,
  own: string[],
  { random, writer, turn }: Turn,
): Promise<void> {
  const id = Bun.randomUUIDv7();
  const parts = random.between(1, 6);
  const leaving =
    own.length > 30 && random.next() < 0.3 ? own.splice(random.between(0, 20), 1)[0] : undefined;
  const slow = random.next() < 0.12;
  const late = random.next() < 0.3;
  const twin = random.between(1, 8);
  const tally = random.between(1, slow ? 32 : 36);
  const bed = random.between(1, 19);
  let answered = false;
  try {
    await sql.begin(async (tx) => {
      await tx`insert into commits (id, writer, turn, parts) values (${id}, ${writer}, ${turn}, ${parts})`;
      await tx`insert into parts select ${id}, n, repeat(md5(n::text), 3) from generate_series(1, ${parts}) n`;
      await tx`insert into ledger (commit_id, amount) values (${id}, ${turn}::numeric / 7)`;
      await tx`insert into events values (gen_random_uuid(), ${id}, ${late ? "2031-05-05Z" : "2026-05-05Z"}::text::timestamptz)`;
      // Others that began later end before this one.
      if (slow) await tx`select pg_sleep(0.25)`;
      await tx`update tallies set value = value + 1, by = ${id} where id between ${tally} and ${tally + 4}`;
      await tx`update twins set value = value + 1 where id = ${twin} and side = 'left'`;
      await tx`update twins set value = value + 1 where id = ${twin} and side = 'right'`;
      if (random.next() < 0.2) await exchangeBeds(tx, bed);
      if (leaving !== undefined) {
        await tx`delete from commits where id = ${leaving}`;
        await tx`delete from ledger where commit_id = ${leaving}`;
        await tx`delete from events where commit_id = ${leaving}`;
      }
      answered = true;
    });
    ledger.acknowledged += 1;
    ledger.held.set(id, parts);
    own.push(id);
    if (leaving !== undefined) {
      ledger.held.delete(leaving);
      ledger.removed.add(leaving);
    }
  } catch {
    // Before COMMIT was sent, nothing can have been committed.
    if (answered) {
      ledger.unsure.add(id);
      if (leaving !== undefined) {
        ledger.held.delete(leaving);
        ledger.unsure.add(leaving);
      }
    } else if (leaving !== undefined) own.push(leaving);
    await Bun.sleep(100);
  }
}

/** Two neighbours change places, though a bed's holder is unique at every moment. */
async function exchangeBeds(tx: Pick<Sql, "unsafe">, bed: number): Promise<void> {
  await tx.unsafe(`
    do $$ declare one text; other text; begin
      select holder into one from beds where id = ${bed} for update;
      select holder into other from beds where id = ${bed + 1} for update;
      update beds set holder = 'moving from ${bed}' where id = ${bed};
      update beds set holder = one where id = ${bed + 1};
      update beds set holder = other where id = ${bed};
    end $$`);
}
