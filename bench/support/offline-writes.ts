import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";

const dayMs = 86_400_000;
/** Rows that one visit writes. */
export const changesOfVisit = 10;
const clients = 4;

export interface Known {
  readonly patient: string;
  readonly observation: string;
}

const text = (value: string) => `'${value}'`;

/**
 * What one visit writes, a statement a row: somebody arrives (new, or known from before), is measured six times,
 * one result is corrected or taken back, and they leave. Ten rows: eight or nine of them new, the others changed,
 * now and then one deleted.
 */
export function visit(
  number: number,
  at: Date,
  known: Known | undefined,
): { statements: readonly string[]; known: Known } {
  const uuid = () => Bun.randomUUIDv7("hex", at);
  const when = `${text(at.toISOString())}::timestamptz`;
  const patient = known?.patient ?? uuid();
  const encounter = uuid();
  const observations = Array.from({ length: 6 }, uuid);
  const last = observations.at(-1) ?? "";
  const arrives =
    known === undefined
      ? `insert into patients (id, mrn, first_name, last_name, sex, born_on, city, created_at, updated_at)
         values (${text(patient)}, 'OFF${number}', 'Visitor', 'Number ${number}', 'female', '1980-01-01'::date + ${number % 12_000}, 'Multan', ${when}, ${when})`
      : `update patients set phone = '+92300${String(number).padStart(7, "0")}', version = version + 1, updated_at = ${when} where id = ${text(patient)}`;
  const corrected =
    known === undefined
      ? `delete from observations where id = ${text(last)}`
      : `update observations set note = 'Measured again', version = version + 1, updated_at = ${when} where id = ${text(known.observation)}`;
  const statements = [
    arrives,
    `insert into encounters (id, patient_id, status, class_code, display, at, created_at, updated_at)
     values (${text(encounter)}, ${text(patient)}, 'in-progress', 'AMB', 'Visit to the clinic', ${when}, ${when}, ${when})`,
    ...observations.map(
      (id, place) =>
        `insert into observations (id, patient_id, encounter_id, status, category, code_system, code, display, at, created_at, updated_at)
         values (${text(id)}, ${text(patient)}, ${text(encounter)}, 'final', 'vital-signs', 'http://loinc.org', '8867-${place}', 'Heart rate', ${when}, ${when}, ${when})`,
    ),
    corrected,
    `update encounters set status = 'finished', ended_at = ${when}, version = version + 1, updated_at = ${when} where id = ${text(encounter)}`,
  ];
  return { statements, known: { patient, observation: observations[0] ?? "" } };
}

/** One client's share of so many visits, by turns; a third of them are of patients new to it. */
export async function writeLane(
  lane: number,
  lanes: number,
  visits: number,
  at: (number: number) => Date,
  write: (statements: readonly string[]) => Promise<void>,
): Promise<void> {
  const seen: Known[] = [];
  for (let number = lane; number < visits; number += lanes) {
    const back = number % 3 === 0 ? undefined : seen[number % Math.max(1, seen.length)];
    const { statements, known } = visit(number, at(number), back);
    if (back === undefined) seen.push(known);
    await write(statements);
  }
}

/**
 * Writes what a hospital would in `days` that end now: visit after visit, each a transaction of its own, by four
 * clients that don't wait for the disk. A third of the visits are of new patients.
 */
export async function writeVisits(
  place: Place,
  asked: { readonly changes: number; readonly days: number },
): Promise<void> {
  const client = openClient(place, { max: clients });
  const visits = Math.ceil(asked.changes / changesOfVisit);
  const begun = Date.now() - asked.days * dayMs;
  try {
    await Promise.all(
      Array.from({ length: clients }, async (_, lane) => {
        const session = await client.reserve();
        await session`set synchronous_commit = off`;
        const at = (number: number) => new Date(begun + (number / visits) * asked.days * dayMs);
        await writeLane(lane, clients, visits, at, async (statements) => {
          await session.unsafe(`begin;${statements.join(";")};commit`);
        });
        session.release();
      }),
    );
  } finally {
    await client.end();
  }
}
