import { openClient } from "../../db/connect.ts";
import type { Session } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";

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

/** Postgres and the driver say by code that a connection is gone, refused, or that the server is going down or full. */
const lostCodes: ReadonlySet<string> = new Set([
  ...["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT", "RESPONSE_TIMEOUT"],
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOENT",
  ],
  ...["57P01", "57P02", "57P03", "57P05", "53300", "3D000", "28P01", "28000", "25P03"],
]);

export function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Runs work on one side; a lost connection becomes `SideLost`, any other error stays what it is. */
export async function on<T>(side: Side, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (code !== null && (lostCodes.has(code) || code.startsWith("08"))) throw new SideLost(side, error);
    throw error;
  }
}

/**
 * One connection to one side for as long as `work` runs, direct and as the owner of the tables. Whatever is left
 * open on it ends with it, and when it dies its statements fail: it is never replaced unseen.
 */
export async function withSide<T>(
  side: Side,
  place: Place,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = openClient(place, {
    max: 1,
    // The look-up of array types that the driver does by itself would be rejected unheard if the connection died.
    fetch_types: false,
    // A link that falls silent under a statement; the server itself ends what takes too long.
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
    begun = true;
    return await work(session);
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
