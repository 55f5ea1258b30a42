import { drain, endedBy, type Held, type Progress, type Settled } from "./drain.ts";
import { beginFill } from "./fill.ts";
import { isFenced, knowPrimary, shakeHands } from "./handshake.ts";
import { defaults, type SyncOptions, type SyncPlaces, type SyncReport } from "./report.ts";
import { on, type Session, SideLost, withSide } from "./sides.ts";
import { cutTick, readState, type SideState, tickOf, tidy } from "./state.ts";
import { inTurn } from "./turn.ts";

/**
 * Brings the online copy up to date: cuts a tick, ships what the copy lacks, empties what it has. Cuts ticks
 * and keeps the log within bounds even where the copy is away. One push a hospital at a time, over all workers;
 * may be killed at any point. Expected trouble is an outcome of the report; only a fault of ours is thrown.
 */
export async function pushSync(places: SyncPlaces, options: SyncOptions = {}): Promise<SyncReport> {
  return (await pushThen(places, options, null)).report;
}

/**
 * As `pushSync`; once the copy has everything, `then` runs with both sides still held (a null result: it did not
 * run). Without `then`, a copy that lacks nothing is left in peace.
 */
export async function pushThen<T>(
  places: SyncPlaces,
  options: SyncOptions,
  then: ((held: Held, progress: Progress, deadline: number) => Promise<T>) | null,
): Promise<{ readonly report: SyncReport; readonly result: T | null }> {
  const started = performance.now();
  const wanted = { ...defaults, ...options };
  const progress: Progress = { rows: 0, batches: 0, bytes: 0, lastTick: null, lastTickAt: null };
  let lagRows: number | null = null;
  let result: T | null = null;
  const last =
    then &&
    (async (held: Held, deadline: number) => {
      result = await then(held, progress, deadline);
    });
  const settle = async (primary: Session): Promise<Settled> => {
    const settled = await pushHeld(primary, places, wanted, progress, last);
    lagRows = await tidy(primary, wanted, settled.parked);
    return settled;
  };
  let settled: Settled;
  try {
    settled = await withSide("primary", places.primary, (primary) => inTurn(primary, () => settle(primary)));
  } catch (error) {
    settled = endedBy(error, progress);
  }
  const report = { ...settled, ...progress, lagRows, tookMs: Math.round(performance.now() - started) };
  return { report, result };
}

async function pushHeld(
  primary: Session,
  places: SyncPlaces,
  options: Required<SyncOptions>,
  progress: Progress,
  then: ((held: Held, deadline: number) => Promise<void>) | null,
): Promise<Settled> {
  const deadline = performance.now() + options.budgetMs;
  const self = await knowPrimary(primary);
  if ("code" in self) return { outcome: "parked", parked: self };
  if (places.copy === null) {
    if (self.capturing) await on("primary", primary`select sync_drop_log('no-copy')`);
    return { outcome: "no-copy", parked: null };
  }
  const newest = await cutTick(primary, options.heartbeatMs);
  if (then === null && newest === self.ackedTick && self.reseedWanted === null && !self.refillLeft) {
    progress.lastTick = newest;
    progress.lastTickAt = (await tickOf(primary, newest))?.at ?? null;
    return { outcome: "synced", parked: null };
  }
  try {
    return await withSide("copy", places.copy, (copy) =>
      withHands({ primary, copy }, self, options, progress, deadline, then),
    );
  } catch (error) {
    if (error instanceof SideLost && error.side === "copy") return endedBy(error, progress);
    throw error;
  }
}

async function withHands(
  held: Held,
  self: SideState,
  options: Required<SyncOptions>,
  progress: Progress,
  deadline: number,
  then: ((held: Held, deadline: number) => Promise<void>) | null,
): Promise<Settled> {
  const other = await readState(held.copy, "copy");
  progress.lastTick = other.lastTick;
  progress.lastTickAt = other.lastTickAt;
  const hands = await shakeHands(held.primary, self, other, () => isFenced(held.copy, self.incarnation));
  if (hands.go === "parked") return { outcome: "parked", parked: hands.parked };
  if (hands.go === "fill") {
    if (!(await beginFill(held.primary, held.copy, hands.reason, 5_000)))
      return { outcome: "behind", parked: null };
    progress.lastTick = (await readState(held.copy, "copy")).lastTick;
  }
  if (hands.go === "on" && hands.from > self.ackedTick)
    await on("primary", held.primary`select sync_acknowledge(${hands.from})`);
  const settled = await drain(held, options, progress, deadline);
  if (settled.outcome === "synced") await then?.(held, deadline);
  return settled;
}
