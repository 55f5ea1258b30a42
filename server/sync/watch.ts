import { openClient } from "../../db/connect.ts";
import type { Session } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { codeOf, isLost } from "./lost.ts";

/** How often a session at work is looked after. */
const everyMs = 20_000;
const answerWithinSeconds = 5;
/** One question may be lost by chance. */
const missesAllowed = 1;

/**
 * Runs `work` on a session and looks every 20 seconds, over a connection of its own, whether the server still has
 * that session. A statement may take a quarter of an hour without a word, so silence alone says nothing; a server
 * that does not answer another question either, or that has no such session, will never answer this one. Then
 * `lose` ends the session here, and its statements fail as those of a lost connection.
 */
export async function watched<T>(
  place: Place,
  session: Session,
  work: () => Promise<T>,
  lose: () => Promise<unknown>,
  lookEveryMs = everyMs,
): Promise<T> {
  const [self] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const pid = self?.pid ?? 0;
  let misses = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const look = async (): Promise<void> => {
    const found = await isThere(place, pid);
    if (over) return;
    misses = found === null ? misses + 1 : 0;
    if (found === false || misses > missesAllowed) await lose();
    else wait();
  };
  const wait = (): void => {
    timer = setTimeout(() => void look(), lookEveryMs);
    timer.unref();
  };
  wait();
  try {
    return await work();
  } finally {
    over = true;
    clearTimeout(timer);
  }
}

/** Whether the server has a session of this number; null: nobody answers. */
async function isThere(place: Place, pid: number): Promise<boolean | null> {
  const client = openClient(place, {
    max: 1,
    fetch_types: false,
    connect_timeout: answerWithinSeconds,
    response_timeout: answerWithinSeconds,
    connection: { application_name: "wardline-watch" },
  });
  try {
    const rows = await client`select from pg_stat_activity where pid = ${pid}`;
    return rows.length > 0;
  } catch (error) {
    // A server that is full or going down answers that; what becomes of the session, the session hears.
    return isLost(error) && !/^[0-9A-Z]{5}$/.test(codeOf(error) ?? "") ? null : true;
  } finally {
    await client.end({ timeout: 0 });
  }
}
