import type { Place } from "../../db/planes.ts";
import { type Batch, carryBatch, openBatch } from "./chunks.ts";
import { endedBy, type Progress, type Settled } from "./drain.ts";
import { cutMore, noteFillBegun, prepareFill } from "./fill.ts";
import { knowPrimary, shakeHands } from "./handshake.ts";
import { defaults, type Parked, type SyncOptions, type SyncOutcome, type SyncReport } from "./report.ts";
import { on, type Session, SideLost, withSide } from "./sides.ts";
import { cutTick, type SideState, tickOf, ticksFrom, tidy } from "./state.ts";
import { inTurn } from "./turn.ts";
import { type CopyByWire, type OpenBatch, WireParked } from "./wire.ts";

const settled = (outcome: SyncOutcome, parked: Parked | null = null): Settled => ({ outcome, parked });

/**
 * As `pushSync`, where the copy's database is out of reach and the other side is asked over HTTPS. Cuts ticks and
 * keeps the log within bounds even where nobody answers. May be killed at any point. Expected trouble is an
 * outcome of the report; only a fault of ours is thrown. `then` runs once the copy has everything.
 */
export async function pushByChunks(
  place: Place,
  wire: CopyByWire,
  options: SyncOptions = {},
  then: ((primary: Session, progress: Progress, deadline: number) => Promise<void>) | null = null,
): Promise<SyncReport> {
  const started = performance.now();
  const wanted = { ...defaults, ...options };
  const progress: Progress = { rows: 0, batches: 0, bytes: 0, lastTick: null, lastTickAt: null };
  let lagRows: number | null = null;
  let ended: Settled;
  try {
    const push = async (primary: Session): Promise<Settled> => {
      const outcome = await pushHeld(primary, wire, wanted, progress, then);
      lagRows = await tidy(primary, wanted, outcome.parked);
      return outcome;
    };
    ended = await withSide("primary", place, (primary) => inTurn(primary, () => push(primary)));
  } catch (error) {
    ended = endedBy(error, progress);
  }
  return { ...ended, ...progress, lagRows, tookMs: Math.round(performance.now() - started) };
}

async function pushHeld(
  primary: Session,
  wire: CopyByWire,
  options: Required<SyncOptions>,
  progress: Progress,
  then: ((primary: Session, progress: Progress, deadline: number) => Promise<void>) | null,
): Promise<Settled> {
  const deadline = performance.now() + options.budgetMs;
  const self = await knowPrimary(primary);
  if ("code" in self) return settled("parked", self);
  const newest = await cutTick(primary, options.heartbeatMs);
  if (then === null && newest === self.ackedTick && self.reseedWanted === null && !self.refillLeft) {
    progress.lastTick = newest;
    progress.lastTickAt = (await tickOf(primary, newest))?.at ?? null;
    return settled("synced");
  }
  try {
    const agreed = await agree(primary, wire, self, progress);
    if ("outcome" in agreed) return agreed;
    const drained = await drainByChunks(primary, wire, options, progress, deadline, agreed.open);
    if (drained.outcome === "synced") await then?.(primary, progress, deadline);
    return drained;
  } catch (error) {
    if (error instanceof WireParked) return settled("parked", error.parked);
    if (error instanceof SideLost && error.side === "copy") return endedBy(error, progress);
    throw error;
  }
}

/** The handshake, and where it says so the beginning of a fill; else the batch to go on with. */
async function agree(
  primary: Session,
  wire: CopyByWire,
  self: SideState,
  progress: Progress,
): Promise<Settled | { readonly open: OpenBatch | null }> {
  const other = await wire.state(self.incarnation ?? "");
  progress.lastTick = other.lastTick;
  progress.lastTickAt = other.lastTickAt;
  const hands = await shakeHands(primary, self, other);
  if (hands.go === "parked") return settled("parked", hands.parked);
  if (hands.go === "fill") {
    const base = await prepareFill(primary, hands.reason, 5_000);
    if (base === null) return settled("behind");
    await wire.beginFill(base);
    await noteFillBegun(primary, base);
    progress.lastTick = base.tick;
  }
  if (hands.go === "on" && hands.from > self.ackedTick)
    await on("primary", primary`select sync_acknowledge(${hands.from})`);
  return { open: other.open };
}

/** Carries batch after batch until nothing is left or time is up. */
export async function drainByChunks(
  primary: Session,
  wire: CopyByWire,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
  open: OpenBatch | null = null,
): Promise<Settled> {
  let batch = await nextBatch(primary, (progress.lastTick ?? 0) + 1, options, open);
  for (;;) {
    if (batch === null) {
      if (!(await cutMore(primary, options.batchRows))) return settled("synced");
      batch = await nextBatch(primary, (progress.lastTick ?? 0) + 1, options, null);
      continue;
    }
    const { final } = batch;
    const { carried, next } = await carryBatch(primary, wire, batch, async () =>
      performance.now() > deadline ? null : nextBatch(primary, final.id + 1, options, null),
    );
    progress.rows += carried.rows;
    progress.bytes += carried.bytes;
    progress.batches += 1;
    progress.lastTick = final.id;
    progress.lastTickAt = final.at;
    if (performance.now() > deadline) return settled("behind");
    batch = next;
  }
}

/** The ticks that go over together from `first` on; null: there are none yet. */
async function nextBatch(
  primary: Session,
  first: number,
  options: Required<SyncOptions>,
  open: OpenBatch | null,
): Promise<Batch | null> {
  // Cut differently, what has arrived of a batch would have to be sent again.
  const resumed = open?.first === first ? await tickOf(primary, open.final) : null;
  const final = resumed ?? (await ticksFrom(primary, first, options.batchRows)).at(-1);
  return final === undefined ? null : openBatch(primary, first, final, resumed !== null);
}
