import type { HospitalDb } from "../../db/planes.ts";
import { AppError } from "../errors.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { type AuditEntry, factsOfEntry } from "./audit.ts";
import type { AuditFacts, LaneEnd } from "./chain.ts";
import { hospitalAuditKey } from "./keys.ts";
import { addToLane, readLaneEnds } from "./lanes.ts";
import { hospitalAudit } from "./planes.ts";
import { addToPortalTrail } from "./portal-trail.ts";

interface Waiting {
  readonly facts: AuditFacts;
  written(): void;
  failed(error: unknown): void;
}

/** What one process still has to write of looks at one hospital's records, and the lane it writes them to. */
interface Trail {
  readonly waiting: Waiting[];
  writing: boolean;
  end: LaneEnd | null;
}

/** Rows that one statement writes. */
const rowsAtOnce = 200;
/** Beyond this many waiting looks, further ones are refused: the database no longer keeps up. */
const waitingAtMost = 2_000;
const triesAtMost = 20;

const trails = new WeakMap<HospitalDb, Trail>();
const seen = new WeakMap<object, Set<string>>();

/**
 * Notes that somebody looked at records, before they are shown: resolves once the row is in the database. Looks
 * that happen while another's row is being written are written together with the next statement, so that a busy
 * hospital pays one statement for many looks. The product itself (jobs, commands) is not noted: it shows nobody
 * anything. A look at a patient as such is left out where the same request has noted one at a part of the record.
 * @throws AppError unavailable (503) where it cannot be noted: then nothing is shown.
 */
export async function auditRead(context: HospitalContext, entry: AuditEntry): Promise<void> {
  if (context.actor.kind === "system" || alreadyNoted(context, entry)) return;
  const facts = factsOfEntry(context, entry, entry.patientId ?? null, true);
  if (context.hospital.readOnly?.why === "on-site") return addToPortalTrail(context.db, [facts]);
  let trail = trails.get(context.db);
  if (trail === undefined) {
    trail = { waiting: [], writing: false, end: null };
    trails.set(context.db, trail);
  }
  const { waiting } = trail;
  if (waiting.length >= waitingAtMost)
    throw new AppError(
      "unavailable",
      "audit.behind",
      "Who looks at records cannot be noted fast enough right now. Try again in a moment.",
    );
  const written = new Promise<void>((resolve, reject) => {
    waiting.push({ facts, written: resolve, failed: reject });
  });
  if (!trail.writing) void writeWaiting(context, trail);
  await written;
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

async function writeWaiting({ db, hospital }: HospitalContext, trail: Trail): Promise<void> {
  trail.writing = true;
  try {
    const key = hospitalAuditKey(hospital);
    while (trail.waiting.length > 0) {
      const batch = trail.waiting.splice(0, rowsAtOnce);
      try {
        await writeBatch(db, key, trail, batch);
        for (const one of batch) one.written();
      } catch (error) {
        trail.end = null;
        for (const one of batch) one.failed(error);
      }
    }
  } catch (error) {
    for (const one of trail.waiting.splice(0)) one.failed(error);
  } finally {
    trail.writing = false;
  }
}

/** Where another process has written to the lane meanwhile, another lane is taken; soon each has one of its own. */
async function writeBatch(
  db: HospitalDb,
  key: Uint8Array,
  trail: Trail,
  batch: readonly Waiting[],
): Promise<void> {
  const facts = batch.map((one) => one.facts);
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
