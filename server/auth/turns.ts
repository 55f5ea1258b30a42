import pLimit, { type LimitFunction } from "p-limit";
import { AppError } from "../errors.ts";

/** Who may wait: some ten seconds of hashing. Who comes then is told to come back. */
const waitingAtMost = 300;

/**
 * Does the work when its turn has come.
 * @throws AppError unavailable (503) `auth.busy` where too many wait already.
 */
// open: pure
export async function inTurn<T>(turns: LimitFunction, work: () => Promise<T>): Promise<T> {
  if (turns.pendingCount >= waitingAtMost)
    throw new AppError(
      "unavailable",
      "auth.busy",
      "Many people are signing in just now. Try again in a moment.",
      { retryAfterSeconds: 5 },
    );
  return turns(work);
}

const doors = new Map<string, LimitFunction>();
/** As many as keep the hashing busy while others' rows are read and written; fewer than a hospital has connections. */
const atOneDoor = 4;

/**
 * The same at one side's door: a storm of sign-ins at a hospital leaves its connections to those who work there, and
 * where a hospital's database is away, nobody waits elsewhere.
 * @param where `owner` or the hospital's id.
 */
// open: pure
export async function inTurnAtDoor<T>(where: string, work: () => Promise<T>): Promise<T> {
  const turns = doors.get(where) ?? pLimit(atOneDoor);
  doors.set(where, turns);
  try {
    return await inTurn(turns, work);
  } finally {
    if (turns.activeCount + turns.pendingCount === 0) doors.delete(where);
  }
}
