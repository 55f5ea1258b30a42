import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../db/planes.ts";
import { AppError } from "../errors.ts";
import type { Hospital } from "../tenancy/context.ts";
import type { AuditFacts, LaneEnd } from "./chain.ts";
import { hospitalAuditKey } from "./keys.ts";
import { addToLane, readLaneEnds } from "./lanes.ts";
import { hospitalAudit } from "./planes.ts";

const triesAtMost = 20;

/** Those of a hospital's looks that its database does not have. */
export async function notYetThere(
  db: HospitalDb,
  facts: readonly AuditFacts[],
): Promise<readonly AuditFacts[]> {
  const ats = facts.map(({ at }) => at.toISOString()).join(",");
  const ids = facts.map(({ id }) => id).join(",");
  const there = (await db.execute(
    sql`select id from audit_log where (at, id) in
      (select * from unnest(${`{${ats}}`}::text::timestamptz[], ${`{${ids}}`}::text::uuid[]))`,
  )) as unknown as Iterable<{ id: string }>;
  const known = new Set(Array.from(there, ({ id }) => id));
  return facts.filter(({ id }) => !known.has(id));
}

/**
 * Adds looks to the lane that ends at `from`, or to one of the hospital's; where another process has written to the
 * lane meanwhile, another is taken: soon each has one of its own.
 * @returns where the lane that took them ends now.
 * @throws AppError unavailable (503) `audit.busy`
 */
export async function writeRows(
  { db, hospital }: { readonly db: HospitalDb; readonly hospital: Hospital },
  facts: readonly AuditFacts[],
  from: LaneEnd | null,
): Promise<LaneEnd> {
  const key = hospitalAuditKey(hospital);
  let end = from;
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    if (end === null) {
      const ends = await readLaneEnds(db, hospitalAudit, key);
      end = ends[Math.floor(Math.random() * ends.length)] ?? null;
      if (end === null) continue;
    }
    end = await addToLane(db, hospitalAudit, key, end, facts);
    if (end !== null) return end;
  }
  throw new AppError("unavailable", "audit.busy", "Who looks at records could not be noted. Try again.");
}
