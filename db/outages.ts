import { AppError } from "../server/errors.ts";

/** Codes of the driver and of the network that mean: the database was not reached, or was lost on the way. */
const driverCodes = new Set([
  "CONNECT_TIMEOUT",
  "RESPONSE_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** SQLSTATE classes and codes that mean the same: 08 connection, 28 sign-in, 57P shutdown, 53 out of resources, no such database. */
const unavailableStates = /^(08...|28...|57P0[1-5]|53...|3D000)$/;

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "string") return code;
  return codeOf(Reflect.get(error, "cause"));
}

/** Whether the database was away, rather than the statement wrong. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && (driverCodes.has(code) || unavailableStates.test(code));
}

/** The answer to a database that is away: 503, try again soon. Null for any other error. */
export function asUnavailable(error: unknown): AppError | null {
  if (!isConnectionFailure(error)) return null;
  return new AppError(
    "unavailable",
    "database.unavailable",
    "The database can't be reached just now. Nothing was saved; try again in a moment.",
    {
      cause: error,
      retryAfterSeconds: 5,
    },
  );
}
