import type { Settled } from "./drain.ts";
import { on, type Session } from "./sides.ts";

const answerWithinMs = 1_000;

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
  // By word: the server may hear of the connection's end only after the next worker has asked.
  const giveBack = "select pg_advisory_unlock(sync_lock_key('push'))";
  let settled: Settled;
  try {
    settled = await push();
  } catch (error) {
    // Whatever the fault left open goes with it. A session that does not answer soon is ended by its holder.
    const given = primary.unsafe(`rollback; ${giveBack}`).catch(() => {});
    await Promise.race([given, Bun.sleep(answerWithinMs)]);
    throw error;
  }
  await on("primary", primary.unsafe(giveBack));
  return settled;
}
