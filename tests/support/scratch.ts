import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * An empty directory that nobody else uses, for a run's databases. Whoever asks removes it. Others may enter it, for
 * root's Postgres runs as another account, and where that cannot enter, its databases would lie outside and stay.
 */
export function scratchDirectory(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(directory, 0o711);
  return directory;
}
