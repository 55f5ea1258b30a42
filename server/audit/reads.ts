import type { HospitalDb } from "../../db/planes.ts";
import { actorKeyOf, showsNobody } from "../auth/permissions.ts";
import type { Hospital, HospitalContext } from "../tenancy/context.ts";
import { type AuditEntry, factsOfEntry } from "./audit.ts";
import type { AuditFacts, LaneEnd } from "./chain.ts";
import { type LookFile, lookFile } from "./look-files.ts";
import { notYetThere, writeRows } from "./look-rows.ts";
import { addToPortalTrail } from "./portal-trail.ts";

/** A look, and how often it was the very same one until it was written. */
interface Look {
  readonly facts: AuditFacts;
  times: number;
}

/** Looks that one statement will write. */
interface Sheet {
  readonly looks: Look[];
  /** The lists among them, by all they say. */
  readonly lists: Map<string, Look>;
  /** The same looks on disk, for whoever comes after this process. */
  readonly file: LookFile;
}

/** What one process still has to write of looks at one hospital's records, and the lane it writes them to. */
interface Trail {
  /** Of the latest look: its connections are open. */
  db: HospitalDb;
  readonly hospital: Hospital;
  /** The oldest first; further looks go to the last, which no writing has taken up. */
  sheets: Sheet[];
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
/** Beyond this many sheets of waiting looks, a further look waits for them to be written. */
const sheetsAtMost = 5;

const trails = new Map<string, Trail>();
const seen = new WeakMap<object, Set<string>>();

/**
 * Notes that somebody looked at records. A look lies on the server's disk before it is shown, so that the next
 * process writes what a killed one had not. Looks of a tenth of a second are written to the database by one statement,
 * after the answers, and the very same list of the same person within it is one row that says how often: waiting for
 * each would cost a look several times its own time (docs/decisions/054-audit.md has the figures). Where the disk or
 * the database does not take looks, or too many wait, each further one is in the database before it is shown. Jobs are
 * not noted: they show nobody anything. A look at a patient as such is left out where the same request has noted one
 * at a part of the record.
 * @throws AppError unavailable (503), or the database's own error, where it cannot be noted: then nothing is shown.
 */
export async function auditRead(context: HospitalContext, entry: AuditEntry): Promise<void> {
  if (showsNobody(context.actor) || alreadyNoted(context, entry)) return;
  if (context.hospital.readOnly?.why === "on-site")
    return addToPortalTrail(context.db, [factsOfLook(context, entry)]);
  const trail = trailOf(context);
  const kept = note(trail, context, entry);
  if (!kept || trail.troubled || trail.sheets.length > sheetsAtMost) return write(trail);
  if (trail.sheets.length > 1 && trail.writing === null) void write(trail).catch(() => {});
  else
    trail.timer ??= setTimeout(() => {
      trail.timer = null;
      void write(trail).catch(() => {});
    }, writtenWithinMs);
}

const factsOfLook = (context: HospitalContext, entry: AuditEntry) =>
  factsOfEntry(context, entry, entry.patientId ?? null, true);

/** @returns whether it will be written, whatever becomes of this process. */
function note(trail: Trail, context: HospitalContext, entry: AuditEntry): boolean {
  const { actor, client } = context;
  const { event, entityId, patientId, reason, details } = entry;
  const sheet = openSheet(trail);
  // Each look at a patient's own record is a row of its own.
  const said =
    patientId === undefined
      ? JSON.stringify([
          ...[actor.kind, actor.kind === "system" ? null : actorKeyOf(actor), actor.name, client.address],
          ...[event, entry.entity, entityId, reason, details],
        ])
      : null;
  const same = said === null ? undefined : sheet.lists.get(said);
  if (same !== undefined) {
    same.times += 1;
    return true;
  }
  const look = { facts: factsOfLook(context, entry), times: 1 };
  if (said !== null) sheet.lists.set(said, look);
  sheet.looks.push(look);
  return sheet.file.keep(look.facts);
}

/** The sheet that further looks go to. */
function openSheet({ sheets, hospital }: Trail): Sheet {
  const last = sheets.at(-1);
  if (last !== undefined && last.looks.length < rowsAtOnce) return last;
  return newSheet(sheets, hospital);
}

function newSheet(sheets: Sheet[], hospital: Hospital): Sheet {
  const sheet = { looks: [], lists: new Map<string, Look>(), file: lookFile(hospital) };
  sheets.push(sheet);
  return sheet;
}

/** What a look's row says. */
function rowOf({ facts, times }: Look): AuditFacts {
  return times === 1 ? facts : { ...facts, details: { ...Object(facts.details), times } };
}

function trailOf({ db, hospital }: HospitalContext): Trail {
  let trail = trails.get(hospital.id);
  if (trail === undefined) {
    trail = {
      ...{ db, hospital, sheets: [] },
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

/** Writes all that waits, one statement after another; who calls meanwhile has theirs written by the next. */
async function write(trail: Trail): Promise<void> {
  while (trail.writing !== null) await trail.writing;
  if (trail.sheets.length === 0) return;
  trail.writing = drain(trail).finally(() => {
    trail.writing = null;
  });
  await trail.writing;
}

async function drain(trail: Trail): Promise<void> {
  if (trail.timer !== null) clearTimeout(trail.timer);
  trail.timer = null;
  // What comes meanwhile waits its own tenth of a second: many looks a statement, not many statements.
  let left = trail.sheets.length;
  for (let sheet = trail.sheets[0]; sheet !== undefined && left > 0; sheet = trail.sheets[0]) {
    left -= 1;
    // From here on these looks stand as they are: the same again is a row of its own.
    if (trail.sheets.length === 1) newSheet(trail.sheets, trail.hospital);
    const rows = sheet.looks.map(rowOf);
    try {
      // After a failed try, what it may have written before the connection was lost is not written again.
      const missing = trail.troubled ? await notYetThere(trail.db, rows) : rows;
      if (missing.length > 0) trail.end = await writeRows(trail, missing, trail.end);
      sheet.file.remove();
      trail.sheets.shift();
      if (trail.sheets.length === 1 && trail.sheets[0]?.looks.length === 0) trail.sheets = [];
      trail.troubled = false;
    } catch (error) {
      trail.end = null;
      trail.troubled = true;
      // What was shown stays to be written; beyond the bound, what was refused with an error goes first.
      for (const refused of trail.sheets.splice(sheetsAtMost + 1)) refused.file.remove();
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
