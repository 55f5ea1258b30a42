import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import type { HospitalActor } from "../../auth/permissions.ts";
import { AppError, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/** What has to be known of a patient to judge who may open the record; it comes with the row. */
export interface GuardedPatient {
  readonly id: string;
  readonly mrn: string;
  readonly restricted: boolean;
}

type Asker = Pick<HospitalContext, "actor" | "clock">;

/** The code of a record that this person may open only by breaking the glass. */
export const restrictedCode = "patient.restricted";

/**
 * The one door to a patient's record: passes for a record that is not restricted, and costs nothing then. A
 * restricted one is opened by those named for it and those who have broken the glass, and by nobody else, whatever
 * their role; by a program only with the scope `patients:restricted`; never by support.
 * @throws AppError forbidden (403) `patient.restricted`; to programs and support not-found (404).
 */
// open: asked by every rule that reads or changes a patient, after it has authorized
export async function requirePatientAccess(
  db: HospitalDb,
  context: Asker,
  patient: GuardedPatient,
): Promise<void> {
  if (!patient.restricted) return;
  const { actor } = context;
  switch (sightOf(actor)) {
    case "all":
      return;
    case "none":
      throw notFound("patient");
    case "own": {
      if ((await openableOf(db, context, [patient.id])).has(patient.id)) return;
      const { id: patientId, mrn } = patient;
      throw new AppError(
        "forbidden",
        restrictedCode,
        "This record is restricted. Who needs it for care can open it by giving a reason.",
        { details: { patientId, mrn } },
      );
    }
  }
}

/** What somebody sees of restricted records: all of them, none, or those that are opened to them. */
export type Sight = "all" | "none" | "own";

export function sightOf(actor: HospitalActor): Sight {
  switch (actor.kind) {
    case "system":
      return "all";
    case "user":
      return "own";
    case "key":
      return actor.permissions.has("patients:restricted") ? "all" : "none";
    case "support":
      return "none";
  }
}

/** The parameters of `wardline_may_open` for who asks. */
export function openerOf({ actor, clock }: Asker): { readonly who: string | null; readonly at: string } {
  return { who: actor.kind === "user" ? actor.userId : null, at: clock.now().toISOString() };
}

/** Which of these restricted records who asks may open now. */
// open: part of rules that have authorized
export async function openableOf(
  db: HospitalDb,
  context: Asker,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const sight = sightOf(context.actor);
  if (ids.length === 0 || sight === "none") return new Set();
  if (sight === "all") return new Set(ids);
  const { who, at } = openerOf(context);
  const list = sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const rows = await db.execute<{ id: string }>(
    sql`select id from unnest(array[${list}]) id where wardline_may_open(id, ${who}::uuid, ${at}::timestamptz)`,
  );
  return new Set(Array.from(rows as Iterable<{ id: string }>, ({ id }) => id));
}

interface ListedPatient extends GuardedPatient {
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly sex: "female" | "male" | "other" | "unknown";
  readonly bornOn: string | null;
  readonly phone: string | null;
}

/**
 * The rows of a list with what is not for who asks taken out: of a restricted record stays its number. A page
 * without restricted records costs nothing more.
 */
// open: part of rules that have authorized
export async function withholdRestricted<Row extends ListedPatient>(
  db: HospitalDb,
  context: Asker,
  rows: readonly Row[],
): Promise<readonly (Row & { readonly withheld?: true })[]> {
  const restricted = rows.filter((row) => row.restricted);
  if (restricted.length === 0) return rows;
  const open = await openableOf(
    db,
    context,
    restricted.map(({ id }) => id),
  );
  return rows.map((row) => (row.restricted && !open.has(row.id) ? withheld(row) : row));
}

const nothing = {
  ...{ firstName: null, middleName: null, lastName: null, sex: "unknown", bornOn: null },
  ...{ bornOnEstimated: false, status: "active", phone: null, city: null, withheld: true },
} as const;

/** A row of which nothing is told but that the record is there: its number and the restriction. */
function withheld<Row extends ListedPatient>(row: Row): Row & { readonly withheld: true } {
  const known: Record<string, unknown> = Object.fromEntries(Object.entries(row));
  for (const [field, value] of Object.entries(nothing))
    if (field in known || field === "withheld") known[field] = value;
  return known as unknown as Row & { readonly withheld: true };
}
