import type { Pusher } from "./child.ts";
import type { Ground } from "./place.ts";
import type { MachineFault, PlannedFault } from "./plan.ts";
import type { Ledger, Writers } from "./writers.ts";

export interface Experiment {
  readonly ground: Ground;
  readonly pusher: Pusher;
  readonly writers: Writers;
  readonly ledger: Ledger;
  /** Rows of the first big transaction and of each fifth after it; the others are smaller. */
  readonly bigRows: number;
  /** Keeps faults away from the pushing process's own ways for as long as `work` runs. */
  inPeace<T>(work: () => Promise<T>): Promise<T>;
  /** Something that had to happen did not. */
  wrong(what: string): void;
}

let made = 0;
let bigOnes = 0;
/** What changes of the schema have added and not taken away again. */
const columns: string[] = [];
const columnsKept = 6;

/** Does one thing to a machine, or what a person does to it, and sees that what must follow follows. */
export async function breakMachine(x: Experiment, fault: PlannedFault<MachineFault>): Promise<void> {
  const { ground, pusher } = x;
  switch (fault.kind) {
    case "kill-pusher":
      return pusher.kill(fault.holdMs / 4);
    case "stop-pusher":
      return pusher.freeze(fault.holdMs);
    case "kill-primary":
      await ground.servers.primary.killAndRestart(fault.holdMs / 3);
      return;
    case "kill-copy":
      await ground.servers.copy.killAndRestart(fault.holdMs / 3);
      return;
    case "prepared-transaction":
      return prepareAndForget(x, fault);
    case "clock-jump":
      // As the ticks see it: the clock was a day ahead when they were cut, or went a day on since.
      await steadily(
        () =>
          ground.primary`
            update sync_tick set at = at + make_interval(days => ${fault.size < 0.5 ? 1 : -1})
            where id = (select max(id) from sync_tick)`,
      );
      return;
    case "big-transaction":
      return bigTransaction(x, fault);
    case "schema-ahead":
    case "schema-behind":
      return changeSchema(x, fault);
    case "log-cap":
      return outgrowTheLog(x);
    case "damaged-copy":
      return damageTheCopy(x, fault);
    case "copy-rolled-back":
      return rollBackTheCopy(x, fault);
    case "primary-rolled-back":
      return rollBackThePrimary(x, fault);
  }
}

/** Tried again while sessions are being ended around it. */
async function steadily<T>(work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 40) throw error;
      await Bun.sleep(150);
    }
  }
}

async function prepareAndForget({ ground, ledger }: Experiment, fault: PlannedFault): Promise<void> {
  made += 1;
  const name = `forgotten-${made}`;
  const id = Bun.randomUUIDv7();
  const sql = ground.primary;
  const prepared = await sql
    .unsafe(`
      begin;
      insert into commits (id, writer, turn, parts) values ('${id}', -1, ${made}, 2);
      insert into parts values ('${id}', 1, 'prepared'), ('${id}', 2, 'prepared');
      insert into ledger (commit_id, amount) values ('${id}', 1);
      insert into events values (gen_random_uuid(), '${id}', '2026-06-06Z');
      update tallies set value = value + 1, by = '${id}' where id = 40;
      prepare transaction '${name}'`)
    .then(() => true)
    .catch(() => false);
  ledger.unsure.add(id);
  await Bun.sleep(fault.holdMs * 2);
  const [still] = await steadily(() => sql`select from pg_prepared_xacts where gid = ${name}`.execute());
  if (still === undefined) {
    // What was prepared and answered for is kept over any crash.
    if (prepared) throw new Error(`The prepared transaction ${name} is gone.`);
    return;
  }
  const keep = fault.size < 0.7;
  await steadily(async () => {
    const [left] = await sql`select from pg_prepared_xacts where gid = ${name}`;
    if (left !== undefined) await sql.unsafe(`${keep ? "commit" : "rollback"} prepared '${name}'`);
  });
  ledger.unsure.delete(id);
  if (!keep) return void ledger.removed.add(id);
  ledger.held.set(id, 2);
  ledger.acknowledged += 1;
}

async function bigTransaction(x: Experiment, fault: PlannedFault): Promise<void> {
  const { ground, pusher } = x;
  bigOnes += 1;
  const bigRows = bigOnes % 5 === 1 ? x.bigRows : Math.min(x.bigRows, 30_000);
  await x.inPeace(async () => {
    await steadily(
      () => ground.primary`
        with gone as (delete from bulk returning 1)
        insert into bulk select ${made * 10_000_000} + i + (select count(*) * 0 from gone), 'row ' || i from generate_series(1, ${bigRows}) i`,
    );
    made += 1;
    // Killed once in the middle of it.
    await Bun.sleep(fault.holdMs);
    await pusher.kill(50);
    const caught = await pusher.next((word) => word.outcome === "synced", 600_000);
    if (caught === null) x.wrong("A big transaction did not arrive.");
    // And away again in one, so that what fills the copy later is small.
    await steadily(() => ground.primary`delete from bulk`);
    // What is said first may have been on its way before.
    await pusher.next(() => true, 600_000);
    const gone = await pusher.next(
      ({ outcome, lagRows }) => outcome === "synced" && (lagRows ?? bigRows) < bigRows,
      600_000,
    );
    if (gone === null) x.wrong("A big deletion did not arrive.");
  });
}

async function changeSchema(x: Experiment, fault: PlannedFault<MachineFault>): Promise<void> {
  const { ground, pusher } = x;
  made += 1;
  const number = String(100 + made).padStart(4, "0");
  const column = `added_${made}`;
  // A column comes, is filled by the migration, and one that came before goes.
  columns.push(column);
  const old = columns.length > columnsKept ? columns.shift() : undefined;
  const ddl = `
    alter table commits add column ${column} text not null default 'new'${old === undefined ? "" : `, drop column ${old}`};
    update commits set ${column} = 'filled' where parts = 1;
    ${made % 3 === 0 ? `create table extra_${made} (id uuid primary key default gen_random_uuid(), note text); insert into extra_${made} (note) values ('from the migration');` : ""}`;
  const [first, second] =
    fault.kind === "schema-ahead" ? (["primary", "copy"] as const) : (["copy", "primary"] as const);
  const name = `${number}_${column}.sql`;
  await steadily(() => ground.migrateSide(first, name, ddl));
  if (fault.kind === "schema-ahead") {
    const parked = await pusher.next((word) => word.parked === "schema-ahead", 600_000);
    if (parked === null) x.wrong("A primary whose schema is ahead was not parked.");
  } else await Bun.sleep(fault.holdMs);
  await steadily(() => ground.migrateSide(second, name, ddl));
  const resumed = await pusher.next((word) => word.outcome === "synced", 600_000);
  if (resumed === null) x.wrong("Nothing arrived after both sides were migrated.");
}

async function outgrowTheLog(x: Experiment): Promise<void> {
  const { ground, pusher } = x;
  await x.inPeace(async () => {
    const way = ground.proxies["pusher-copy"];
    way.refuse();
    way.cut();
    pusher.order({ logCapBytes: 200_000 });
    const deadline = Date.now() + 30_000;
    let dropped = false;
    while (!dropped && Date.now() < deadline) {
      await ground.primary`insert into bulk select (select coalesce(max(id), 0) from bulk) + i, repeat('log ', 20) from generate_series(1, 500) i`.catch(
        () => null,
      );
      await Bun.sleep(150);
      const [row] = await ground.primary<{ dropped: boolean }[]>`
        select pg_sequence_last_value('sync_slot') = 3 as dropped`.catch(() => []);
      dropped = row?.dropped === true;
    }
    if (!dropped) x.wrong("A log past its cap was not dropped.");
    pusher.order({ logCapBytes: 2 * 1024 ** 3 });
    way.heal();
    const filled = await pusher.next((word) => word.outcome === "synced", 600_000);
    if (filled === null) x.wrong("The copy was not filled again after the log was dropped.");
  });
}

async function damageTheCopy(x: Experiment, fault: PlannedFault): Promise<void> {
  const { ground, pusher } = x;
  await x.inPeace(async () => {
    await steadily(
      () =>
        ground.copy`update ledger set amount = amount + 1000000 where id in (select id from ledger order by md5(id::text) limit ${1 + Math.floor(fault.size * 20)})`,
    );
    for (let attempt = 0; attempt < 20; attempt += 1) {
      pusher.verify();
      const word = await pusher.next((said) => said.kind === "verify", 600_000);
      if (word?.equal === true) return;
    }
    x.wrong("A damaged copy was not repaired.");
  });
}

async function rollBackTheCopy(x: Experiment, fault: PlannedFault): Promise<void> {
  const { ground, pusher } = x;
  await ground.servers.copy.takeImage();
  await Bun.sleep(fault.holdMs * 2);
  await x.inPeace(async () => {
    await pusher.next((word) => word.outcome === "synced" && (word.rows ?? 0) > 0, 20_000);
    await ground.servers.copy.rollBack();
    const filled = await pusher.next((word) => word.outcome === "synced" && (word.rows ?? 0) > 0, 600_000);
    if (filled === null) x.wrong("A copy set back to an old image was not filled again.");
  });
}

async function rollBackThePrimary(x: Experiment, fault: PlannedFault): Promise<void> {
  const { ground, pusher, writers } = x;
  await ground.servers.primary.takeImage();
  const [newest] = await steadily(() =>
    ground.primary<{ tick: number }[]>`select max(id)::float8 as tick from sync_tick`.execute(),
  );
  await Bun.sleep(fault.holdMs);
  await x.inPeace(async () => {
    // Until the copy holds a tick that the image does not know, nobody could tell that it is an old one.
    await knowsMore(x, newest?.tick ?? 0);
    await writers.pause();
    await ground.servers.primary.rollBack();
    const fenced = await pusher.next((word) => word.parked === "primary-rolled-back", 20_000);
    if (fenced === null) x.wrong("A primary set back to an old image was not fenced.");
    // The right disk is found and put back.
    await ground.servers.primary.putBack();
    writers.resume();
  });
}

/** Waits until the copy holds a tick that was cut after this one. */
async function knowsMore({ ground, pusher, wrong }: Experiment, tick: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await pusher.next((word) => word.outcome === "synced" && (word.rows ?? 0) > 0, 20_000);
    const [copy] = await steadily(() =>
      ground.copy<{ tick: number }[]>`select last_tick::float8 as tick from sync_state`.execute(),
    );
    if ((copy?.tick ?? 0) > tick) return;
  }
  wrong("Nothing arrived after an image was taken.");
}
