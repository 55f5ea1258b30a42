import type postgres from "postgres";
import { openClient } from "./connect.ts";
import type { Place } from "./planes.ts";

/** One connection that stays the same from first statement to last; when it dies, its statements fail. */
export type Session = postgres.ReservedSql;

/** Somebody else has held a database's maintenance lock for longer than anybody should. */
export class LockTimeoutError extends Error {
  override readonly name = "LockTimeoutError";
}

const retryMs = 40;
const giveUpMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Runs `work` on a connection of its own (direct, never through a transaction pooler), alone among all who
 * ask for the same `purpose` in the same database, over all processes. The lock belongs to the connection:
 * it is free again as soon as the process or the connection dies.
 * @throws LockTimeoutError after ten minutes of waiting.
 */
export async function withDatabaseLock<T>(
  place: Place,
  purpose: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withSession(place, async (session) => {
    const deadline = Date.now() + giveUpMs;
    while (!(await tryLock(session, purpose))) {
      if (Date.now() > deadline)
        throw new LockTimeoutError(
          `Another process has been at work on database ${place.database} for over ten minutes.`,
        );
      await Bun.sleep(retryMs * (0.5 + Math.random()));
    }
    return work(session);
  });
}

/**
 * Asked again and again rather than waited for inside Postgres: a waiting statement holds a snapshot, and
 * CREATE INDEX CONCURRENTLY waits for every older snapshot, so holder and waiter would wait for each other.
 */
async function tryLock(session: Session, purpose: string): Promise<boolean> {
  const [row] = await session<{ locked: boolean }[]>`
    select pg_try_advisory_lock(hashtextextended(${`wardline:${purpose}`}, 0)) as locked`;
  return row?.locked === true;
}

/** Runs `work` on one connection for maintenance: no limit on a statement's time, a limit on waiting for locks. */
export async function withSession<T>(place: Place, work: (session: Session) => Promise<T>): Promise<T> {
  const client = openClient(place, {
    max: 1,
    fetch_types: false,
    connection: {
      application_name: "wardline-maintenance",
      statement_timeout: dayMs,
      idle_in_transaction_session_timeout: dayMs,
      // A table that stays busy fails the migration; it must not queue the hospital's work up behind it.
      lock_timeout: 20_000,
    },
  });
  try {
    return await work(await client.reserve());
  } finally {
    await client.end({ timeout: 0 });
  }
}
