import { on, type Session } from "./sides.ts";
import { cutTick } from "./state.ts";

const chunkRows = 5_000;
const pollMs = 50;

/** Whether all who wrote while capture was off have ended; until then a fill would miss what they wrote. */
async function captureIsWhole(primary: Session): Promise<boolean> {
  const [row] = await on(
    "primary",
    primary<{ whole: boolean }[]>`
      select not exists (select from pg_locks where virtualtransaction = any (s.capture_after)) as whole from sync_state s`,
  );
  return row?.whole === true;
}

/** Where a fill begins: a fresh tick of the primary, that all tables follow. The instant is text: a Date would lose microseconds. */
export interface FillBase {
  readonly incarnation: string;
  readonly tick: number;
  readonly mark: string;
  readonly at: string;
}

/** Marks every table to be shipped whole and cuts the base. Null: an older transaction is still open; try again later. */
export async function prepareFill(
  primary: Session,
  reason: string,
  waitMs: number,
): Promise<FillBase | null> {
  await on("primary", primary`select sync_want_reseed(${reason})`);
  const deadline = Date.now() + waitMs;
  while (!(await captureIsWhole(primary))) {
    if (Date.now() > deadline) return null;
    await Bun.sleep(pollMs);
  }
  const tick = await cutTick(primary, 0);
  const [base] = await on(
    "primary",
    primary<FillBase[]>`
      select s.incarnation, t.id::float8 as tick, t.mark, t.at::text as at from sync_state s, sync_tick t where t.id = ${tick}`,
  );
  if (base === undefined) throw new Error(`Tick ${tick} was cut and is not there.`);
  return base;
}

/** Notes on the primary that the copy stands at the base. */
export async function noteFillBegun(primary: Session, base: FillBase): Promise<void> {
  await on(
    "primary",
    primary`update sync_state set acked_tick = ${base.tick}, acked_at = clock_timestamp(), reseed_wanted = null, capture_after = null`,
  );
}

/**
 * Points the copy at a fresh tick of this primary and marks every table to be shipped whole. Safe to repeat
 * from any point. False: an older transaction is still open on the primary; try again later.
 */
export async function beginFill(
  primary: Session,
  copy: Session,
  reason: string,
  waitMs: number,
): Promise<boolean> {
  const base = await prepareFill(primary, reason, waitMs);
  if (base === null) return false;
  await on(
    "copy",
    copy`select sync_begin_fill(${base.incarnation}, ${base.tick}, ${base.mark}, ${base.at}::text::timestamptz)`,
  );
  await noteFillBegun(primary, base);
  return true;
}

/** Logs the next rows of the tables that are shipped whole, about `rows` of them. False: nothing is left. */
async function logNextRows(primary: Session, rows: number): Promise<boolean> {
  let logged = 0;
  while (logged < rows) {
    const [chunk] = await on(
      "primary",
      primary<{ n: number | null }[]>`select sync_fill_chunk(${chunkRows}) as n`,
    );
    if (chunk === undefined || chunk.n === null) return logged > 0;
    // An empty table is a chunk too: its marker clears whatever the copy still holds.
    logged += Math.max(chunk.n, 1);
  }
  return true;
}

/** Cuts a tick of the next rows of tables that are shipped whole. False: nothing is left to ship. */
export async function cutMore(primary: Session, rows: number): Promise<boolean> {
  if (!(await logNextRows(primary, rows))) {
    // The tick that says that all are whole has to be there too.
    const [newest] = await on(
      "primary",
      primary<{ whole: boolean }[]>`select whole from sync_tick order by id desc limit 1`,
    );
    if (newest?.whole !== false) return false;
  }
  await cutTick(primary, 0);
  return true;
}
