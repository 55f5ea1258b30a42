import { chmodSync, existsSync, mkdtempSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * An empty directory that nobody else uses, for a run's databases. Whoever asks removes it. Others may enter it, for
 * root's Postgres runs as another account, and where that cannot enter, its databases would lie outside and stay.
 */
export function scratchDirectory(prefix: string, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, prefix));
  chmodSync(directory, 0o711);
  return directory;
}

/** A file system in memory, on Linux. */
const memory = "/dev/shm";
/** A whole run's databases take a good half of it. */
const enough = 10 * 2 ** 30;

/** Where throw-away databases may lie. */
export const throwAwayPlaces: readonly string[] = existsSync(memory) ? [memory, tmpdir()] : [tmpdir()];

/** Memory where there is plenty, for databases made and dropped by the hundred are hard on a disk; else the disk. */
export function throwAwayPlace(): string {
  if (!throwAwayPlaces.includes(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > enough && freemem() > enough + 4 * 2 ** 30 ? memory : tmpdir();
}
