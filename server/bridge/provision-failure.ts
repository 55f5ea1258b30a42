import { MigrationError } from "../../db/migrate.ts";
import { LockTimeoutError } from "../../db/migrate-lock.ts";
import { isConnectionFailure } from "../../db/outages.ts";
import { AppError } from "../errors.ts";

/** Why a step failed, for the person who watches: what is wrong and what helps. The log has the rest. */
// open: pure
export function failureReason(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof MigrationError)
    return "The tables could not be brought up to date. The log says which file failed.";
  if (error instanceof LockTimeoutError)
    return "Another process is still at work on this database. Try again in a while.";
  const code = codeOf(error);
  if (isConnectionFailure(error) && code !== "53300" && code !== "53100")
    return "The database server cannot be reached. Try again when it is back.";
  if (code === "28P01" || code === "28000")
    return "The database server did not accept the sign-in. Check its record.";
  if (code === "53300") return "The database server has no connection left. Try again in a moment.";
  if (code === "53100") return "The database server's disk is full.";
  if (code === "42501")
    return "The maintenance role of the database server may not do this. Check its rights.";
  return "Something went wrong that is not this hospital's fault. Try again; the log has the details.";
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { code?: unknown };
  if (typeof code === "string") return code;
  return error.cause === undefined ? null : codeOf(error.cause);
}
