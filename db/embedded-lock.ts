import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../server/errors.ts";
import { writeWhole } from "./embedded-reach.ts";

/** Held for as long as one process uses a data directory. */
export interface DataLock {
  release(): void;
}

/**
 * Takes a data directory for this process. The lock is one of the operating system's (through SQLite, which
 * holds one while a transaction is open), so it ends with the process however that ends: nothing stale is left.
 * @throws AppError unavailable, naming the process that has it
 */
export function lockData(dataDir: string): DataLock {
  const lock = tryLock(dataDir);
  if (lock !== null) return lock;
  const holder = lockHolder(dataDir);
  throw new AppError(
    "unavailable",
    "embedded.in-use",
    `Wardline already runs on ${dataDir}${holder === null ? "" : ` (process ${holder})`}. Stop it first, or set WARDLINE_DATA to another directory.`,
  );
}

/** As `lockData`, but null where another process has the directory. */
export function tryLock(dataDir: string): DataLock | null {
  const database = new Database(join(dataDir, "lock"), { create: true });
  try {
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return null;
    throw error;
  }
  writeWhole(join(dataDir, "pid"), `${process.pid}\n`, 0o644);
  return { release: () => database.close() };
}

/** The process that last took the directory; only of use where the lock is held. */
export function lockHolder(dataDir: string): number | null {
  try {
    return Number.parseInt(readFileSync(join(dataDir, "pid"), "utf8"), 10) || null;
  } catch {
    return null;
  }
}
