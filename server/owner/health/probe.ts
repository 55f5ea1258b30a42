import type { Place } from "../../../db/planes.ts";
import type { SyncPlaces } from "../../sync/report.ts";
import { on, type Session, type Side, SideLost, withSide } from "../../sync/sides.ts";
import { readState } from "../../sync/state.ts";

/** What one of a hospital's databases answered, or that it did not. */
export interface SideProbe {
  readonly reachable: boolean;
  /** Milliseconds of one round trip on an open connection, and of opening it. */
  readonly latencyMs: number | null;
  readonly connectMs: number | null;
  readonly sizeBytes: number | null;
  readonly serverVersion: string | null;
  readonly connections: number | null;
  readonly connectionLimit: number | null;
  /** Rows the copy lacks; asked of the primary. */
  readonly lagRows: number | null;
  /** Seconds since the newest tick applied; asked of the copy, so that a dark hospital shows. */
  readonly lagSeconds: number | null;
  readonly lastTickAt: Date | null;
  readonly lastVerifiedAt: Date | null;
  readonly verifiedEqual: boolean | null;
  /** Why its changes wait for a person; of the primary. */
  readonly parked: string | null;
  /** In plain words, where it could not be asked. */
  readonly reason: string | null;
}

export interface HospitalProbe {
  readonly primary: SideProbe;
  /** Null: this hospital has no online copy. */
  readonly copy: SideProbe | null;
}

const unknown: Omit<SideProbe, "reachable" | "reason"> = {
  latencyMs: null,
  connectMs: null,
  sizeBytes: null,
  serverVersion: null,
  connections: null,
  connectionLimit: null,
  lagRows: null,
  lagSeconds: null,
  lastTickAt: null,
  lastVerifiedAt: null,
  verifiedEqual: null,
  parked: null,
};

/** Asks both databases at once, on connections of their own: also a full pool of the app must not hide a well database. */
// open: code of the health job, which has authorized
export async function probeHospital(places: SyncPlaces): Promise<HospitalProbe> {
  const [primary, copy] = await Promise.all([
    probeSide("primary", places.primary),
    places.copy === null ? null : probeSide("copy", places.copy),
  ]);
  return { primary, copy };
}

async function probeSide(side: Side, place: Place): Promise<SideProbe> {
  const started = performance.now();
  try {
    return await withSide(side, place, (session) => ask(session, side, performance.now() - started));
  } catch (error) {
    if (!(error instanceof SideLost)) throw error;
    return { ...unknown, reachable: false, reason: "The database could not be reached." };
  }
}

interface Facts {
  readonly sizeBytes: number;
  readonly serverVersion: string;
  readonly connections: number;
  readonly connectionLimit: number;
}

async function ask(session: Session, side: Side, connectMs: number): Promise<SideProbe> {
  const started = performance.now();
  await on(side, session`select 1`);
  const latencyMs = performance.now() - started;
  const [facts] = await on(
    side,
    session<Facts[]>`
      select (select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class
              where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm'))::float8 as "sizeBytes",
        current_setting('server_version') as "serverVersion",
        (select count(*) from pg_stat_activity where datname = current_database())::int as connections,
        current_setting('max_connections')::int as "connectionLimit"`,
  );
  if (facts === undefined) throw new Error("A database answered without a row.");
  const known = { ...unknown, ...facts, reachable: true, reason: null, connectMs, latencyMs };
  const [migrated] = await on(
    side,
    session<{ there: boolean }[]>`select to_regclass('sync_state') is not null as there`,
  );
  if (migrated?.there !== true) return known;
  const state = await readState(session, side);
  const proof = { lastVerifiedAt: state.verifiedAt, verifiedEqual: state.verifiedEqual };
  if (side === "copy") {
    const lagMs = state.lastTickAt === null ? null : state.now.getTime() - state.lastTickAt.getTime();
    return {
      ...known,
      ...proof,
      lastTickAt: state.lastTickAt,
      lagSeconds: lagMs === null ? null : Math.max(0, lagMs / 1000),
    };
  }
  const [lag] = await on(side, session<{ rows: number }[]>`select sync_waiting()::float8 as rows`);
  return { ...known, ...proof, lagRows: lag?.rows ?? null, parked: state.parkedReason };
}
