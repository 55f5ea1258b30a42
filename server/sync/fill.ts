import { on, type Session } from "./sides.ts";
import { cutTick, tickOf } from "./state.ts";

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
  await on("primary", primary`select sync_want_reseed(${reason})`);
  const deadline = Date.now() + waitMs;
  while (!(await captureIsWhole(primary))) {
    if (Date.now() > deadline) return false;
    await Bun.sleep(pollMs);
  }
  const base = await cutTick(primary, 0);
  const tick = await tickOf(primary, base);
  if (tick === null) throw new Error(`Tick ${base} was cut and is not there.`);
  const [self] = await on("primary", primary<{ incarnation: string }[]>`select incarnation from sync_state`);
  if (self === undefined) throw new Error("The primary has no sync state.");
  // The mark and the instant pass as text: a Date would lose microseconds.
  const [at] = await on(
    "primary",
    primary<{ at: string }[]>`select at::text from sync_tick where id = ${base}`,
  );
  await on(
    "copy",
    copy`select sync_begin_fill(${self.incarnation}, ${base}, ${tick.mark}, ${at?.at ?? ""}::text::timestamptz)`,
  );
  await on(
    "primary",
    primary`update sync_state set acked_tick = ${base}, acked_at = clock_timestamp(), reseed_wanted = null, capture_after = null`,
  );
  return true;
}

/** Logs the next rows of the tables that are shipped whole, about `rows` of them. False: nothing is left. */
export async function logNextRows(primary: Session, rows: number): Promise<boolean> {
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
