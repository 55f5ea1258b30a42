import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../db/planes.ts";
import { actorKeyOf } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import type { Hospital, HospitalContext } from "../tenancy/context.ts";
import { type AuditEntry, factsOfEntry } from "./audit.ts";
import type { AuditFacts, LaneEnd } from "./chain.ts";
import { hospitalAuditKey } from "./keys.ts";
import { addToLane, readLaneEnds } from "./lanes.ts";
import { hospitalAudit } from "./planes.ts";
import { addToPortalTrail } from "./portal-trail.ts";

/** A look, and how often it was the very same one until it was written. */
interface Look {
  readonly facts: AuditFacts;
  times: number;
}

/** What one process still has to write of looks at one hospital's records, and the lane it writes them to. */
interface Trail {
  /** Of the latest look: its connections are open. */
  db: HospitalDb;
  readonly hospital: Hospital;
  waiting: Look[];
  /** Lists of `waiting` that no writing has taken up yet, by all they say. */
  readonly open: Map<string, Look>;
  /** The writing under way, or the one that a timer will begin. */
  writing: Promise<void> | null;
  timer: ReturnType<typeof setTimeout> | null;
  end: LaneEnd | null;
  /** The last try to write failed: until one succeeds, a look is shown only once it is written. */
  troubled: boolean;
}

/** A look is in the database this long after it, at most, while the database answers. */
const writtenWithinMs = 100;
/** Rows that one statement writes. */
const rowsAtOnce = 200;
/** Beyond this many waiting looks, a further one waits for them to be written. */
const waitingAtMost = 1_000;
const triesAtMost = 20;

const trails = new Map<string, Trail>();
const seen = new WeakMap<object, Set<string>>();

/**
 * Notes that somebody looked at records. Looks of a tenth of a second are written by one statement, after the
 * answers, and the very same list of the same person within it is one row that says how often: waiting for each would cost a look several times its own time (docs/decisions/054-audit.md has the
 * figures). Where looks cannot be written, or too many wait, each further one is written before it is shown. The
 * product itself (jobs, commands) is not noted: it shows nobody anything. A look at a patient as such is left out
 * where the same request has noted one at a part of the record.
 * @throws AppError unavailable (503), or the database's own error, where it cannot be noted: then nothing is shown.
 */
export async function auditRead(context: HospitalContext, entry: AuditEntry): Promise<void> {
  if (context.actor.kind === "system" || alreadyNoted(context, entry)) return;
  if (context.hospital.readOnly?.why === "on-site")
    return addToPortalTrail(context.db, [factsOfLook(context, entry)]);
  const trail = trailOf(context);
  note(trail, context, entry);
  if (trail.troubled || trail.waiting.length > waitingAtMost) return write(trail);
  if (trail.waiting.length >= rowsAtOnce) void write(trail).catch(() => {});
  else
    trail.timer ??= setTimeout(() => {
      trail.timer = null;
      void write(trail).catch(() => {});
    }, writtenWithinMs);
}

const factsOfLook = (context: HospitalContext, entry: AuditEntry) =>
  factsOfEntry(context, entry, entry.patientId ?? null, true);

function note(trail: Trail, context: HospitalContext, entry: AuditEntry): void {
  const { actor, client } = context;
  const { event, entityId, patientId, reason, details } = entry;
  // Each look at a patient's own record is a row of its own.
  if (patientId !== undefined) {
    trail.waiting.push({ facts: factsOfLook(context, entry), times: 1 });
    return;
  }
  const said = JSON.stringify([
    ...[actor.kind, actor.kind === "system" ? null : actorKeyOf(actor), actor.name, client.address],
    ...[event, entry.entity, entityId, reason, details],
  ]);
  const same = trail.open.get(said);
  if (same !== undefined) {
    same.times += 1;
    return;
  }
  const look = { facts: factsOfLook(context, entry), times: 1 };
  trail.open.set(said, look);
  trail.waiting.push(look);
}

/** What a look's row says. */
function rowOf({ facts, times }: Look): AuditFacts {
  return times === 1 ? facts : { ...facts, details: { ...Object(facts.details), times } };
}

function trailOf({ db, hospital }: HospitalContext): Trail {
  let trail = trails.get(hospital.id);
  if (trail === undefined) {
    trail = {
      ...{ db, hospital, waiting: [], open: new Map() },
      ...{ writing: null, timer: null, end: null, troubled: false },
    };
    trails.set(hospital.id, trail);
  }
  trail.db = db;
  return trail;
}

/** Writes what waits of one hospital's looks, or of all; before an audit is shown, and before the process ends. */
export async function writeLooks(hospitalId?: string): Promise<void> {
  const wanted = hospitalId === undefined ? [...trails.values()] : [trails.get(hospitalId)];
  await Promise.all(wanted.map((trail) => (trail === undefined ? undefined : write(trail))));
}

/** Writes all that waits, one statement after another; whoever calls meanwhile waits for the same. */
async function write(trail: Trail): Promise<void> {
  while (trail.writing !== null) await trail.writing;
  if (trail.waiting.length === 0) return;
  trail.writing = drain(trail).finally(() => {
    trail.writing = null;
  });
  await trail.writing;
}

async function drain(trail: Trail): Promise<void> {
  if (trail.timer !== null) clearTimeout(trail.timer);
  trail.timer = null;
  while (trail.waiting.length > 0) {
    // From here on these looks stand as they are: the same again is a row of its own.
    trail.open.clear();
    const batch = trail.waiting.slice(0, rowsAtOnce).map(rowOf);
    try {
      // After a failed try, what it may have written before the connection was lost is not written again.
      const missing = trail.troubled ? await notYetThere(trail.db, batch) : batch;
      if (missing.length > 0) await writeBatch(trail, missing);
      trail.waiting = trail.waiting.slice(batch.length);
      trail.troubled = false;
    } catch (error) {
      trail.end = null;
      trail.troubled = true;
      // What was shown stays to be written; beyond the bound, what was refused with an error goes first.
      trail.waiting.length = Math.min(trail.waiting.length, waitingAtMost);
      trail.timer ??= setTimeout(() => {
        trail.timer = null;
        void write(trail).catch(() => {});
      }, writtenWithinMs * 10);
      throw error;
    }
  }
}

/** A look at one patient, or at a part of their record (`part`: `encounters`, `history`, …). */
export function auditLook(context: HospitalContext, patientId: string, part?: string): Promise<void> {
  return auditRead(context, {
    event: "patient.viewed",
    entity: "patient",
    entityId: patientId,
    patientId,
    ...(part === undefined ? {} : { details: { part } }),
  });
}

function alreadyNoted(context: HospitalContext, { patientId, event, details }: AuditEntry): boolean {
  if (patientId === undefined || event !== "patient.viewed") return false;
  let parts = seen.get(context);
  if (parts === undefined) {
    parts = new Set();
    seen.set(context, parts);
  }
  const part = details === undefined ? patientId : `${patientId} ${String(details["part"])}`;
  if (parts.has(part)) return true;
  parts.add(part).add(patientId);
  return false;
}

async function notYetThere(db: HospitalDb, facts: readonly AuditFacts[]): Promise<readonly AuditFacts[]> {
  const ats = facts.map(({ at }) => at.toISOString()).join(",");
  const ids = facts.map(({ id }) => id).join(",");
  const there = (await db.execute(
    sql`select id from audit_log where (at, id) in
      (select * from unnest(${`{${ats}}`}::text::timestamptz[], ${`{${ids}}`}::text::uuid[]))`,
  )) as unknown as Iterable<{ id: string }>;
  const known = new Set(Array.from(there, ({ id }) => id));
  return facts.filter(({ id }) => !known.has(id));
}

/** Where another process has written to the lane meanwhile, another lane is taken; soon each has one of its own. */
async function writeBatch(trail: Trail, facts: readonly AuditFacts[]): Promise<void> {
  const { db } = trail;
  const key = hospitalAuditKey(trail.hospital);
  for (let tries = 0; tries < triesAtMost; tries += 1) {
    if (trail.end === null) {
      const ends = await readLaneEnds(db, hospitalAudit, key);
      trail.end = ends[Math.floor(Math.random() * ends.length)] ?? null;
      if (trail.end === null) continue;
    }
    trail.end = await addToLane(db, hospitalAudit, key, trail.end, facts);
    if (trail.end !== null) return;
  }
  throw new AppError("unavailable", "audit.busy", "Who looks at records could not be noted. Try again.");
}
