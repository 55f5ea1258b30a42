import { openClient } from "../../db/connect.ts";
import type { Session } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { isLost } from "./lost.ts";
import { watched } from "./watch.ts";

export type { Session } from "../../db/migrate-lock.ts";
export type Side = "primary" | "copy";

/** One of the two databases cannot be reached, or its connection was lost. */
export class SideLost extends Error {
  override readonly name = "SideLost";
  readonly side: Side;

  constructor(side: Side, cause: unknown) {
    super(`The ${side} could not be reached.`, { cause });
    this.side = side;
  }
}

/** A tick of a million rows is applied by one statement. */
const statementTimeoutMs = 15 * 60_000;
const lockTimeoutMs = 20_000;
const minuteMs = 60_000;

/** Runs work on one side; a lost connection becomes `SideLost`, any other error stays what it is. */
export async function on<T>(side: Side, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isLost(error)) throw new SideLost(side, error);
    throw error;
  }
}

/**
 * One connection to one side for as long as `work` runs, direct and as the owner of the tables. Whatever is left
 * open on it ends with it, and when it dies its statements fail: it is never replaced unseen. A link that falls
 * silent is noticed within a minute, however long the statement may take.
 */
export async function withSide<T>(
  side: Side,
  place: Place,
  work: (session: Session) => Promise<T>,
  lookEveryMs?: number,
): Promise<T> {
  const client = openClient(place, {
    max: 1,
    // The look-up of array types that the driver does by itself would be rejected unheard if the connection died.
    fetch_types: false,
    // The last resort; the server itself ends what takes too long.
    response_timeout: (statementTimeoutMs + minuteMs) / 1000,
    connection: {
      application_name: "wardline-sync",
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
      lock_timeout: lockTimeoutMs,
      // Whatever becomes of this process or the way to it, the server ends the session, and the turn it holds.
      idle_session_timeout: statementTimeoutMs + 2 * minuteMs,
      tcp_keepalives_idle: 30,
      tcp_keepalives_interval: 10,
      tcp_keepalives_count: 3,
      tcp_user_timeout: 3 * minuteMs,
    },
  });
  let begun = false;
  try {
    const session = await client.reserve();
    const begin = (): Promise<T> => {
      begun = true;
      return work(session);
    };
    return await watched(place, session, begin, () => client.end({ timeout: 0 }), lookEveryMs);
  } catch (error) {
    // Not even a session: whatever the reason, this side was not reached.
    if (!begun) throw new SideLost(side, error);
    throw error;
  } finally {
    await client.end({ timeout: 0 });
  }
}

/** One transaction on one side. On an error the session is not used again, so nothing is rolled back by hand. */
export async function transaction<T>(session: Session, side: Side, work: () => Promise<T>): Promise<T> {
  await on(side, session.unsafe("begin"));
  const result = await work();
  await on(side, session.unsafe("commit"));
  return result;
}
