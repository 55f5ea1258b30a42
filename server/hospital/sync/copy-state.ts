import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import type { Clock } from "../../clock.ts";

/** How far a hospital's own changes have been copied online, as the hospital itself knows. */
export interface CopyState {
  /** `copied`: within the last minutes. `behind`: more waits than a minute's. `offline`: for minutes nothing came through. `off`: no copy. */
  readonly state: "copied" | "behind" | "offline" | "off";
  readonly pendingRows: number;
  readonly copiedAt: Date | null;
}

/** An idle hospital is copied once a minute; three missed are no chance. */
const silentMs = 3 * 60_000;
/** Changes of the last moments are on their way, which worries nobody. */
const waitingMs = 30_000;

/** Asks the hospital's own database; null where that is itself the online copy. */
// open: says nothing but how many rows wait
export async function readCopyState(db: HospitalDb, clock: Clock): Promise<CopyState | null> {
  const [row] = await db
    .select({
      role: sql<string>`role`,
      copied: sql<boolean>`copied`,
      ms: sql<string | null>`extract(epoch from copied_at) * 1000`,
      waiting: sql<string>`waiting`,
      parked: sql<boolean>`parked`,
    })
    .from(sql`copy_state()`);
  if (row?.role === "copy") return null;
  if (row?.copied !== true) return { state: "off", pendingRows: 0, copiedAt: null };
  const pendingRows = Number(row.waiting);
  if (row.ms === null) return { state: "behind", pendingRows, copiedAt: null };
  const copiedAt = new Date(Number(row.ms));
  const since = clock.now().getTime() - copiedAt.getTime();
  if (since > silentMs || row.parked) return { state: "offline", pendingRows, copiedAt };
  return { state: pendingRows > 0 && since > waitingMs ? "behind" : "copied", pendingRows, copiedAt };
}

interface Known {
  state: CopyState | null;
  askedAt: number;
}

/** A chip in the corner of each page may be some seconds old; no page waits for it. */
const freshMs = 5_000;
const knownAtMost = 2_000;
const known = new Map<string, Known>();

/** What was last known of a hospital's copy; asks anew in the background where that is some seconds old. */
// open: says nothing but how many rows wait
export function lastCopyState(hospitalId: string, db: () => HospitalDb, clock: Clock): CopyState | null {
  let entry = known.get(hospitalId);
  if (entry === undefined) {
    if (known.size >= knownAtMost) known.clear();
    entry = { state: null, askedAt: Number.NEGATIVE_INFINITY };
    known.set(hospitalId, entry);
  }
  if (performance.now() - entry.askedAt > freshMs) {
    entry.askedAt = performance.now();
    const asked = entry;
    readCopyState(db(), clock).then(
      (state) => {
        asked.state = state;
      },
      () => {
        // The page that asked meets the same fault, and says so.
        asked.state = null;
      },
    );
  }
  return entry.state;
}
