import type { SyncPlaces, SyncStatus } from "./report.ts";
import { on, type Session, SideLost, withSide } from "./sides.ts";
import { readState, type SideState } from "./state.ts";

interface Measured {
  readonly state: SideState;
  readonly lagRows: number;
  readonly logBytes: number;
}

/** How far the online copy is behind and what is known of both sides. Reads only; answers with what can be reached. */
export async function syncStatus(places: SyncPlaces): Promise<SyncStatus> {
  const [primary, copy] = await Promise.all([
    unlessLost(withSide("primary", places.primary, measurePrimary)),
    places.copy === null
      ? null
      : unlessLost(withSide("copy", places.copy, (session) => readState(session, "copy"))),
  ]);
  const ofCopy = copy?.role === "copy" ? copy : null;
  const lastTickAt = ofCopy?.lastTickAt ?? null;
  const lagMs = ofCopy === null || lastTickAt === null ? null : ofCopy.now.getTime() - lastTickAt.getTime();
  const own = primary?.state ?? null;
  return {
    primary: { reachable: primary !== null, role: own?.role ?? null },
    copy: places.copy === null ? null : { reachable: copy !== null, role: copy?.role ?? null },
    filling: ofCopy?.filling === true || (own !== null && own.reseedWanted !== null && places.copy !== null),
    lagRows: primary?.lagRows ?? null,
    lagSeconds: lagMs === null ? null : Math.max(0, lagMs / 1000),
    lastTick: ofCopy?.lastTick ?? null,
    lastTickAt,
    verifiedAt: ofCopy?.verifiedAt ?? own?.verifiedAt ?? null,
    verifiedEqual: ofCopy?.verifiedEqual ?? own?.verifiedEqual ?? null,
    logBytes: primary?.logBytes ?? null,
    parked:
      own !== null && own.parkedCode !== null
        ? { code: own.parkedCode, reason: own.parkedReason ?? own.parkedCode }
        : null,
  };
}

async function measurePrimary(session: Session): Promise<Measured> {
  const state = await readState(session, "primary");
  const [row] = await on(
    "primary",
    session<{ lagRows: number; logBytes: number }[]>`
      select sync_waiting()::float8 as "lagRows",
        (pg_total_relation_size('sync_log_0') + pg_total_relation_size('sync_log_1') + pg_total_relation_size('sync_log_2'))::float8 as "logBytes"`,
  );
  return { state, lagRows: row?.lagRows ?? 0, logBytes: row?.logBytes ?? 0 };
}

async function unlessLost<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SideLost) return null;
    throw error;
  }
}
