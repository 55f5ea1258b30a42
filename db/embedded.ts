import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { randomSecret } from "../server/crypto.ts";
import { AppError } from "../server/errors.ts";
import type { Log } from "../server/log.ts";
import { findBinaries } from "./embedded-binaries.ts";
import { type Cluster, startCluster } from "./embedded-cluster.ts";
import { findHome } from "./embedded-home.ts";
import { lockData, tryLock } from "./embedded-lock.ts";
import { clearOrphan } from "./embedded-process.ts";
import { writeWhole } from "./embedded-reach.ts";
import { keepOrFreePort } from "./embedded-settings.ts";
import type { Place } from "./planes.ts";

/** The two servers of the embedded mode, each as its superuser, on database `postgres`. */
export interface Embedded {
  readonly local: Place;
  readonly online: Place;
  /** Stops both servers and gives the data directory back. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** For tests: only the cluster `local`, standing for both, and the directory removed once the process ends. */
  readonly throwAway?: boolean;
  /** Only the cluster `local`: a hospital's own server holds no copies. */
  readonly alone?: boolean;
}

interface Remembered {
  readonly port: number;
  readonly password: string;
}

type Notes = Readonly<Record<"local" | "online", Remembered>>;

const notesFile = "postgres.json";

function readNotes(dataDir: string): Notes | null {
  const file = join(dataDir, notesFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Notes) : null;
}

function asPlace({ port, password }: Remembered): Place {
  return { host: "127.0.0.1", port, database: "postgres", user: "postgres", password, schema: "public" };
}

/** Makes the data directory, enterable by the account that runs root's Postgres; its secrets are files of mode 600. */
export function makeDataDir(dataDir: string): void {
  try {
    if (!existsSync(dataDir)) {
      mkdirSync(dataDir, { recursive: true });
      chmodSync(dataDir, 0o711);
    }
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new AppError(
      "unavailable",
      "embedded.no-data",
      `The data directory ${dataDir} cannot be written by this account. Set WARDLINE_DATA to one that can.`,
      { cause },
    );
  }
}

/**
 * Starts the embedded Postgres servers on a data directory, made at the first start; ports and passwords stay
 * the same from start to start (a port that someone else took in the meantime is changed).
 * @throws AppError unavailable: the directory is in use, cannot be written, or Postgres does not start
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log } = options;
  makeDataDir(dataDir);
  const lock = lockData(dataDir);
  const clusters: Cluster[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(clusters.splice(0).map((cluster) => cluster.stop()));
    lock.release();
  };
  try {
    const home = findHome(dataDir);
    const binaries = findBinaries(home.who);
    mkdirSync(join(dataDir, "log"), { recursive: true, mode: 0o700 });
    const known = readNotes(dataDir);
    const passwordOf = (name: "local" | "online"): string => {
      if (known !== null) return known[name].password;
      if (existsSync(join(home.directory, name)))
        throw new AppError(
          "unavailable",
          "embedded.no-password",
          `${join(dataDir, notesFile)} is missing; without it the databases in ${home.directory} cannot be opened.`,
        );
      return randomSecret();
    };
    const passwords = { local: passwordOf("local"), online: passwordOf("online") };
    // A server left behind by a killed start holds its port: it goes first, so that the ports stay.
    const left = await Promise.all(
      (["local", "online"] as const).map((name) => clearOrphan(join(home.directory, name))),
    );
    if (left.includes(true)) log.warn("Stopped database servers that an earlier start left behind");
    const local = await keepOrFreePort(known?.local.port, []);
    const online = await keepOrFreePort(known?.online.port, [local]);
    const notes: Notes = {
      local: { port: local, password: passwords.local },
      online: { port: online, password: passwords.online },
    };
    if (JSON.stringify(notes) !== JSON.stringify(known))
      writeWhole(join(dataDir, notesFile), JSON.stringify(notes));
    const start = async (name: "local" | "online"): Promise<void> => {
      const logFile = join(dataDir, "log", `postgres-${name}.log`);
      const plan = {
        name,
        home,
        binaries,
        password: passwords[name],
        logFile,
        log,
        throwAway: options.throwAway ? dataDir : null,
      };
      clusters.push(await startCluster(plan, notes[name].port));
    };
    const started = await Promise.allSettled(
      options.throwAway || options.alone ? [start("local")] : [start("local"), start("online")],
    );
    for (const outcome of started) if (outcome.status === "rejected") throw outcome.reason;
    return {
      local: asPlace(notes.local),
      online: asPlace(options.throwAway ? notes.local : notes.online),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * For commands: the servers of an app that runs on this data directory, else servers started for the command.
 * Stopping the borrowed ones does nothing.
 */
export async function borrowEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  makeDataDir(options.dataDir);
  const lock = tryLock(options.dataDir);
  if (lock !== null) {
    lock.release();
    return startEmbedded(options);
  }
  const notes = readNotes(options.dataDir);
  if (notes === null)
    throw new AppError(
      "unavailable",
      "embedded.starting",
      "Wardline is still starting. Try again in a moment.",
    );
  return { local: asPlace(notes.local), online: asPlace(notes.online), stop: async () => {} };
}
