import type { Settled } from "./drain.ts";
import { on, type Session } from "./sides.ts";

/**
 * Runs a push of this hospital if no other worker is at one; else its outcome is `busy`. The turn is held by the
 * connection, so that a dead worker's is over. Needed for economy alone: the copy takes a batch once, whoever brings it.
 */
export async function inTurn(primary: Session, push: () => Promise<Settled>): Promise<Settled> {
  const [turn] = await on(
    "primary",
    primary<{ mine: boolean }[]>`select pg_try_advisory_lock(sync_lock_key('push')) as mine`,
  );
  if (turn?.mine !== true) return { outcome: "busy", parked: null };
  const settled = await push();
  // Given back by word: the server may hear of the connection's end only after the next worker has asked.
  await on("primary", primary`select pg_advisory_unlock(sync_lock_key('push'))`);
  return settled;
}
