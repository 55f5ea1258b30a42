import { cutMore } from "./fill.ts";
import { codeOf, isContended } from "./lost.ts";
import { type Parked, type SyncOptions, type SyncOutcome, unreadable } from "./report.ts";
import { acknowledge, applyBatch, type Batch, readBatch } from "./ship.ts";
import { type Session, SideLost } from "./sides.ts";
import { type Tick, ticksFrom } from "./state.ts";

/** What one push has done so far. */
export interface Progress {
  rows: number;
  batches: number;
  bytes: number;
  lastTick: number | null;
  lastTickAt: Date | null;
}

/** How a push ended that met an error. @throws the error where it is a fault of ours. */
export function endedBy(error: unknown, { batches }: Progress): Settled {
  if (isContended(error)) return { outcome: "behind", parked: null };
  if (!(error instanceof SideLost)) throw error;
  return { outcome: batches > 0 ? "interrupted" : `${error.side}-unreachable`, parked: null };
}

/** Both sides of a hospital, held by one worker while it pushes. */
export interface Held {
  readonly primary: Session;
  readonly copy: Session;
}

/** How it ended. */
export type Settled = { readonly outcome: SyncOutcome; readonly parked: Parked | null };

/**
 * Ships batch after batch, and the next rows of tables that are shipped whole, until nothing is left or time is
 * up. While the copy applies a batch, the primary is read for the next.
 */
export async function drain(
  held: Held,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
): Promise<Settled> {
  let unacknowledged: number | null = null;
  const settle = async (): Promise<void> => {
    const tick = unacknowledged;
    unacknowledged = null;
    if (tick !== null) await acknowledge(held.primary, tick);
  };
  let coming = nextBatch(held.primary, progress.lastTick ?? 0, options.batchRows);
  for (;;) {
    const next = await coming;
    if (next === null) {
      await settle();
      if (!(await cutMore(held.primary, options.batchRows))) return { outcome: "synced", parked: null };
      coming = nextBatch(held.primary, progress.lastTick ?? 0, options.batchRows);
      continue;
    }
    const { batch, last } = next;
    let following = null as typeof coming | null;
    try {
      await applyBatch(held.copy, batch, options.stallMs, () => {
        if (performance.now() > deadline) return;
        following = settle().then(() => nextBatch(held.primary, last.id, options.batchRows));
        // Heard when its turn comes.
        following.catch(() => undefined);
      });
    } catch (error) {
      // Whatever came of the copy, the primary's session is wanted again: nobody takes these rows any more.
      batch.drawn?.discard();
      await abandon(following);
      const parked = parkedBy(error);
      if (parked === null) throw error;
      await settle();
      return { outcome: "parked", parked };
    }
    unacknowledged = last.id;
    progress.rows += batch.rows;
    progress.bytes += batch.drawn?.bytes ?? 0;
    progress.batches += 1;
    progress.lastTick = last.id;
    progress.lastTickAt = last.at;
    if (following === null) {
      await settle();
      return { outcome: "behind", parked: null };
    }
    coming = following;
  }
}

interface Next {
  readonly batch: Batch;
  readonly last: Tick;
}

/** The ticks after `tick`, as one batch; null where there are none. */
async function nextBatch(primary: Session, tick: number, rows: number): Promise<Next | null> {
  const last = (await ticksFrom(primary, tick + 1, rows)).at(-1);
  return last === undefined ? null : { batch: await readBatch(primary, tick + 1, last.id), last };
}

/** What is being read will not be needed: the primary's session is given back. */
async function abandon(following: Promise<Next | null> | null): Promise<void> {
  try {
    (await following)?.batch.drawn?.discard();
  } catch {
    // What failed is told by what failed first.
  }
}

function parkedBy(error: unknown): Parked | null {
  if (!(error instanceof Error)) return null;
  if (codeOf(error) === "WL409")
    return { code: "schema-ahead", reason: `${error.message} The online copy must be migrated first.` };
  if (codeOf(error) === "WL015") return { code: unreadable, reason: error.message };
  return null;
}
