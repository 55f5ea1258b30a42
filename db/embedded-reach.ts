import {
  chmodSync,
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Who a process runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The unprivileged account that Debian, Fedora and macOS all have; Postgres refuses to run as root. */
export const nobody: Identity = nobodyHere();

function nobodyHere(): Identity {
  // macOS writes its nobody as -2.
  return process.platform === "darwin" ? { uid: 4294967294, gid: 4294967294 } : { uid: 65534, gid: 65534 };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function allows(path: string, who: Identity, bit: 4 | 1): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === who.uid) return (mode & (bit << 6)) !== 0;
  if (gid === who.gid) return (mode & (bit << 3)) !== 0;
  return (mode & bit) !== 0;
}

/** Whether `who` may pass through every directory down to and including `directory`. */
export function canEnter(directory: string, who: Identity): boolean {
  let at = realpathSync(directory);
  for (;;) {
    if (!allows(at, who, 1)) return false;
    const above = dirname(at);
    if (above === at) return true;
    at = above;
  }
}

/** Whether `who` may read a file, and reach it. */
export function canRead(file: string, who: Identity): boolean {
  return allows(file, who, 4) && canEnter(dirname(file), who);
}

function writeAside(file: string, text: string, mode: number): string {
  const aside = `${file}.${process.pid}.making`;
  const handle = openSync(aside, "w", mode);
  // What root writes into another account's directory, that account must be able to read later.
  if (isRoot()) fchownSync(handle, statSync(dirname(file)).uid, statSync(dirname(file)).gid);
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  return aside;
}

/** Writes a file so that after a crash either the old or the new one is there, whole. */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  renameSync(writeAside(file, text, mode), file);
  syncDirectory(dirname(file));
}

/** Writes a file that is never written again; of two processes at once, the first one's text stays. */
export function writeOnce(file: string, text: string): void {
  const aside = writeAside(file, text, 0o600);
  try {
    linkSync(aside, file);
    syncDirectory(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(aside);
  }
}

/** Makes a rename in `directory` outlast a power cut. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  fsyncSync(handle);
  closeSync(handle);
}

/** Makes a directory that all may enter, whatever the umask. */
export function makeOpenDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
}

/** The directory of this machine, outside every checkout, for what root's Postgres needs; null where there is none. */
export function machineDirectory(): string | null {
  for (const parent of ["/var/lib", "/usr/local/var", "/opt"]) {
    try {
      if (canEnter(parent, nobody)) return join(parent, "wardline");
    } catch {
      // Not on this machine: the next.
    }
  }
  return null;
}
