import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "../server/errors.ts";
import {
  canEnter,
  type Identity,
  isRoot,
  machineDirectory,
  makeOpenDirectory,
  nobody,
  writeWhole,
} from "./embedded-reach.ts";

/** Where the clusters lie and who runs them. */
export interface Home {
  readonly directory: string;
  readonly who: Identity;
  /** Spread into spawn options; empty where the process already is `who`. */
  readonly as: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

function myself(): Identity {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

function refuse(code: string, message: string): AppError {
  return new AppError("unavailable", `embedded.${code}`, message);
}

/** A link to a directory outside: a data directory copied as it stands must not run on the first one's clusters. */
function claim(directory: string, dataDir: string): void {
  const note = join(directory, "belongs-to");
  const owner = existsSync(note) ? readFileSync(note, "utf8").trim() : dataDir;
  if (
    owner !== dataDir &&
    existsSync(join(owner, "postgres")) &&
    realpathSync(join(owner, "postgres")) === directory
  )
    throw refuse(
      "copied",
      `${dataDir} is a copy of ${owner} and points at the same databases. Remove ${join(dataDir, "postgres")} to start with empty ones.`,
    );
  if (owner !== dataDir || !existsSync(note)) writeWhole(note, `${dataDir}\n`, 0o644);
}

function makeHome(link: string, dataDir: string, who: Identity): void {
  const make = (directory: string): void => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, isRoot() ? 0o711 : 0o700);
  };
  if (!isRoot() || canEnter(dataDir, who)) {
    make(link);
    return;
  }
  const machine = machineDirectory();
  if (machine === null)
    throw refuse(
      "no-place",
      `Postgres refuses to run as root, and another account cannot reach ${dataDir}. Set WARDLINE_DATA to a directory that all may enter, or start as an ordinary user.`,
    );
  makeOpenDirectory(machine);
  makeOpenDirectory(join(machine, "clusters"));
  const outside = join(machine, "clusters", Bun.randomUUIDv7());
  make(outside);
  claim(outside, dataDir);
  symlinkSync(outside, link);
}

/**
 * The directory of both clusters: `<dataDir>/postgres`. Root's Postgres runs as another account, so where that
 * account cannot reach the data directory, the clusters lie in the machine's own place and `postgres` is a link.
 * The directory itself stays root's, so that nothing root writes there can be turned elsewhere.
 */
export function findHome(dataDir: string): Home {
  const link = join(dataDir, "postgres");
  if (lstatSync(link, { throwIfNoEntry: false }) === undefined)
    makeHome(link, dataDir, isRoot() ? nobody : myself());
  if (!existsSync(link))
    throw refuse(
      "lost",
      `${link} points at a directory that is not there. The databases are lost or not mounted.`,
    );
  const directory = realpathSync(link);
  if (lstatSync(link).isSymbolicLink()) claim(directory, dataDir);
  const owner = statSync(directory);
  const who = owner.uid === 0 && isRoot() ? nobody : { uid: owner.uid, gid: owner.gid };
  if (!isRoot() && who.uid !== myself().uid)
    throw refuse(
      "not-yours",
      `The databases in ${dataDir} belong to another account. Start Wardline as that account, or set WARDLINE_DATA to another directory.`,
    );
  if (isRoot() && !canEnter(directory, who))
    throw refuse(
      "unreachable",
      `The account that runs the databases cannot reach ${directory}: a directory above it is closed. Open it, or move the data directory.`,
    );
  return { directory, who, as: isRoot() ? who : {} };
}
