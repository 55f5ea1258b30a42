import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { quoteIdent } from "./identifiers.ts";
import type { ControlDb, ControlTx, HospitalDb, HospitalTx, Place } from "./planes.ts";
import { preparing, Repeated } from "./prepared.ts";

/**
 * The only file that opens connections. A pool belongs to one place (server, database, role, search path)
 * and never changes; it connects on first use, closes its idle connections, and is itself closed when it
 * is the least recently used of too many.
 */
export interface Pool<Db, Tx extends Db> {
  readonly place: Place;
  /** Reads, each statement by itself. */
  readonly db: Db;
  /** One transaction: committed when `work` resolves, rolled back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export type ControlPool = Pool<ControlDb, ControlTx>;
export type HospitalPool = Pool<HospitalDb, HospitalTx>;

export interface ConnectOptions {
  /** Null on a hospital's own server, which has none. */
  readonly control: Place | null;
  /** Connections to one hospital, at most. */
  readonly perHospital?: number;
  /** Hospital pools held open, at most; with `perHospital` this bounds the connections in all. */
  readonly hospitalPools?: number;
  readonly controlConnections?: number;
  /** Hears every statement of hospital pools, for benches that run the same SQL and tests that count round trips. */
  readonly heard?: (statement: string, parameters: readonly unknown[]) => void;
}

export interface Connections {
  /** @throws Error on a hospital's own server: nothing there may ask for the control database. */
  readonly control: ControlPool;
  /** The hospital's pool, made or found. No connection is opened until a statement runs. */
  hospital(place: Place): HospitalPool;
  /** Ends the pool of a place (suspended, moved, dropped). */
  forget(place: Place): Promise<void>;
  /** Hears a channel of the control database, for as long as the process lives. */
  listen(channel: string, heard: (payload: string) => void): Promise<void>;
  stats(): { readonly hospitalPools: number };
  close(): Promise<void>;
}

type Client = postgres.Sql;

interface OpenPool {
  readonly pool: HospitalPool;
  readonly client: Client;
  inUse: number;
}

/** Extensions live in one schema of each database, so that a hospital's own schema holds only its tables. */
export const extensionsSchema = "extensions";

/** A postgres.js client for one place; for the few that speak SQL to the driver itself (migrations, sync, COPY). */
export function openClient(place: Place, options: postgres.Options<Record<string, never>> = {}): Client {
  return postgres({
    host: place.host,
    port: place.port,
    database: place.database,
    username: place.user,
    password: place.password,
    max: 4,
    idle_timeout: 30,
    connect_timeout: 5,
    // A quarter of a second between two tries, however long the database was away: whoever asks while it is
    // away hears so at once, and the first to ask when it is back is served.
    backoff: () => 0.25,
    onnotice: () => {},
    ...options,
    connection: {
      application_name: "wardline",
      search_path: `${quoteIdent(place.schema)}, ${extensionsSchema}`,
      TimeZone: "UTC",
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      ...options.connection,
    },
  });
}

/**
 * What makes a pool answer quickly when its database is away. A request is told after two seconds at most that
 * nobody answers; where a link falls silent under a statement, after a little more than the statement may take.
 */
const failFast = { connect_timeout: 2, response_timeout: 35 };

/** Closes what is connected; the client itself goes on. The driver has it; its types do not say so. */
function closeConnections(client: Client): Promise<void> {
  return (client as Client & { close(): Promise<void> }).close();
}

function makePool<Db, Tx extends Db>(place: Place, client: Client, repeated: Repeated): Pool<Db, Tx> {
  const begin = client.begin.bind(client) as unknown as (
    work: (tx: Client) => Promise<unknown>,
  ) => Promise<unknown>;
  (client as { begin: unknown }).begin = (...given: unknown[]) => {
    const work = given.at(-1) as (tx: Client) => Promise<unknown>;
    return begin((tx) => work(preparing(tx, repeated)));
  };
  const db = drizzle(preparing(client, repeated), { casing: "snake_case" });
  return {
    place,
    db: db as unknown as Db,
    transaction: (work) => db.transaction((tx) => work(tx as unknown as Tx)),
  };
}

function keyOf(place: Place): string {
  return `${place.host}:${place.port}/${place.database}/${place.schema}/${place.user}/${place.password}`;
}

export function createConnections(options: ConnectOptions): Connections {
  const perHospital = options.perHospital ?? 6;
  const hospitalPools = options.hospitalPools ?? 40;
  // One for all: every hospital is asked the same things.
  const repeated = new Repeated();
  const controlClient =
    options.control === null
      ? null
      : openClient(options.control, { ...failFast, max: options.controlConnections ?? 8 });
  const control =
    options.control === null || controlClient === null
      ? null
      : makePool<ControlDb, ControlTx>(options.control, controlClient, repeated);
  const open = new Map<string, OpenPool>();

  const end = (entry: OpenPool): Promise<void> => entry.client.end({ timeout: 5 });

  /**
   * The oldest pool with nothing running goes; where all are busy the cap waits rather than cut work short. Its
   * connections are closed, not the pool itself: long work that still holds it connects again.
   */
  const makeRoom = (): void => {
    if (open.size < hospitalPools) return;
    for (const [key, entry] of open) {
      if (entry.inUse > 0) continue;
      open.delete(key);
      void closeConnections(entry.client);
      return;
    }
  };

  const openHospital = (place: Place): OpenPool => {
    const client = openClient(place, {
      ...failFast,
      max: perHospital,
      ...(options.heard === undefined
        ? {}
        : { debug: (_, statement, parameters) => options.heard?.(statement, parameters) }),
    });
    const bare = makePool<HospitalDb, HospitalTx>(place, client, repeated);
    const entry: OpenPool = {
      client,
      inUse: 0,
      pool: {
        ...bare,
        transaction: async (work) => {
          entry.inUse += 1;
          try {
            return await bare.transaction(work);
          } finally {
            entry.inUse -= 1;
          }
        },
      },
    };
    return entry;
  };

  return {
    get control() {
      if (control === null) throw new Error("A hospital's own server has no control database.");
      return control;
    },
    hospital(place) {
      const key = keyOf(place);
      let entry = open.get(key);
      if (entry === undefined) {
        makeRoom();
        entry = openHospital(place);
      } else {
        open.delete(key);
      }
      open.set(key, entry);
      return entry.pool;
    },
    async forget(place) {
      const entry = open.get(keyOf(place));
      if (entry === undefined) return;
      open.delete(keyOf(place));
      await end(entry);
    },
    async listen(channel, heard) {
      await controlClient?.listen(channel, heard);
    },
    stats: () => ({ hospitalPools: open.size }),
    async close() {
      const entries = [...open.values()];
      open.clear();
      await Promise.all([...entries.map(end), controlClient?.end({ timeout: 5 })]);
    },
  };
}
