import { type Parked, type SyncOptions, unreadable } from "./report.ts";
import { on, type Session, type Side, transaction } from "./sides.ts";

export type Role = "unset" | "primary" | "copy";

/** One side's `sync_state`, with what the database itself says of who it is. */
export interface SideState {
  readonly role: Role;
  readonly incarnation: string | null;
  /** Identity noted when the role was taken; another one now means that this is a clone or has moved. */
  readonly notedIdentity: string | null;
  readonly identity: string;
  readonly ackedTick: number;
  readonly ackedAt: Date | null;
  readonly reseedWanted: string | null;
  readonly parkedCode: string | null;
  readonly parkedReason: string | null;
  readonly lastTick: number;
  readonly lastMark: string | null;
  readonly lastTickAt: Date | null;
  readonly filling: boolean;
  readonly verifiedAt: Date | null;
  readonly verifiedEqual: boolean | null;
  /** Rows that were written here as if it were a hospital's working database. */
  readonly captured: boolean;
  readonly capturing: boolean;
  readonly refillLeft: boolean;
  /** Whether it writes and reads images that are rows; one that is not migrated as far knows objects alone. */
  readonly knowsRows: boolean;
  readonly now: Date;
}

export async function readState(session: Session, side: Side): Promise<SideState> {
  const [row] = await on(
    side,
    session<SideState[]>`
      select role, incarnation, identity as "notedIdentity", sync_identity() as identity,
        acked_tick::float8 as "ackedTick", acked_at as "ackedAt", reseed_wanted as "reseedWanted",
        parked_code as "parkedCode", parked_reason as "parkedReason",
        last_tick::float8 as "lastTick", last_mark as "lastMark", last_tick_at as "lastTickAt", filling,
        verified_at as "verifiedAt", verified_equal as "verifiedEqual",
        exists (select from sync_log) as captured,
        pg_sequence_last_value('sync_slot'::regclass) < 3 as capturing,
        exists (select from sync_refill) as "refillLeft",
        to_regproc('sync_is_row') is not null as "knowsRows",
        clock_timestamp() as now
      from sync_state`,
  );
  if (row === undefined) throw new Error(`The ${side} has no sync state; is its schema migrated?`);
  return row;
}

export interface Tick {
  readonly id: number;
  readonly mark: string;
  readonly at: Date;
  readonly rows: number;
  readonly whole: boolean;
}

/** Ticks from `first` on, oldest first, until `rows` are gathered (always one, if there is one). */
export async function ticksFrom(primary: Session, first: number, rows: number): Promise<readonly Tick[]> {
  return on(
    "primary",
    primary<Tick[]>`
      select id, mark, at, rows, whole from (
        select id::float8 as id, mark, at, n::float8 as rows, whole,
          sum(n) over (order by id) as running
        from (select * from sync_tick where id >= ${first} order by id limit 5000) t) t
      where running <= ${rows} or id = ${first}
      order by id`,
  );
}

export async function tickOf(primary: Session, id: number): Promise<Tick | null> {
  const [tick] = await on(
    "primary",
    primary<
      Tick[]
    >`select id::float8 as id, mark, at, n::float8 as rows, whole from sync_tick where id = ${id}`,
  );
  return tick ?? null;
}

/** Cuts a tick when there is something to ship or the last is older than the heartbeat; answers the newest. */
export async function cutTick(primary: Session, heartbeatMs: number): Promise<number> {
  const [row] = await on(
    "primary",
    primary<
      { id: number }[]
    >`select sync_cut_tick(${`${heartbeatMs} milliseconds`}::text::interval)::float8 as id`,
  );
  return row?.id ?? 0;
}

/** Cuts a tick whose snapshot `reader` keeps: what it reads from now on is what the copy holds at that tick. */
export async function cutAtSnapshot(primary: Session, reader: Session): Promise<number> {
  return transaction(primary, "primary", async () => {
    await on("primary", primary`select pg_advisory_xact_lock(sync_lock_key('tick'))`);
    await on("primary", reader.unsafe("begin isolation level repeatable read read only"));
    const [snapshot] = await on(
      "primary",
      reader<{ text: string }[]>`select pg_current_snapshot()::text as text`,
    );
    const [tick] = await on(
      "primary",
      primary<
        { id: number }[]
      >`select sync_cut_tick('0', ${snapshot?.text ?? ""}::text::pg_snapshot)::float8 as id`,
    );
    if (tick === undefined) throw new Error("A tick was asked for and none was cut.");
    return tick.id;
  });
}

/** After every push, however it ended: note why it waits, keep the log in bounds, say what is not shipped. */
export async function tidy(
  primary: Session,
  options: Required<SyncOptions>,
  parked: Parked | null,
): Promise<number> {
  await on(
    "primary",
    primary`
      update sync_state set parked_code = ${parked?.code ?? null}, parked_reason = ${parked?.reason ?? null},
        parked_at = case when ${parked !== null} then clock_timestamp() end
      where parked_code is distinct from ${parked?.code ?? null}`,
  );
  // What is captured from now on fits the tables as they are, whoever changed them.
  if (parked?.code === unreadable) {
    await on("primary", primary`select sync_install_capture()`);
    await on(
      "primary",
      primary`update sync_state set reseed_wanted = ${unreadable} where reseed_wanted is null`,
    );
  }
  await on("primary", primary`select sync_retain(${options.logTurnBytes}, ${options.logCapBytes})`);
  const [row] = await on("primary", primary<{ rows: number }[]>`select sync_waiting()::float8 as rows`);
  return row?.rows ?? 0;
}
