import type { Moment, Precision } from "../moments.ts";
import type { Node } from "../read-bundle.ts";
import type { Coded, Reader } from "../reader.ts";

/** What every kind of entry leaves out: its keys, which are found or made when it is written. */
export type KeyColumns =
  | "id"
  | "patientId"
  | "encounterId"
  | "importSource"
  | "importId"
  | "importRunId"
  | "createdAt"
  | "updatedAt"
  | "version";

/** An entry of a patient's record as it was read, with references instead of keys. */
export interface ReadEntry<Values> {
  readonly values: Values;
  readonly patient: string | null;
  readonly encounter: string | null;
}

export const readSubject = (read: Reader, record: Node, field = "subject"): string | null => {
  const subject = read.reference(record[field], field);
  if (subject === null) read.fault(field, "required", "This does not say which patient it belongs to.");
  return subject;
};

export const readEncounterReference = (read: Reader, record: Node, field = "encounter"): string | null =>
  read.reference(record[field], field);

interface At {
  at: Date | null;
  atPrecision: Precision | null;
}

interface Ended {
  endedAt: Date | null;
  endedPrecision: Precision | null;
}

export const at = (moment: Moment | null): At => ({
  at: moment?.at ?? null,
  atPrecision: moment?.precision ?? null,
});

export const endedAt = (moment: Moment | null): Ended => ({
  endedAt: moment?.at ?? null,
  endedPrecision: moment?.precision ?? null,
});

export const coded = (concept: Coded): Coded => ({
  codeSystem: concept.codeSystem,
  code: concept.code,
  display: concept.display,
});

/**
 * When something was: its dateTime or the start of its period, and the end of the period. A period that ends
 * before it starts is a fault, unless it is told by day, month or year only.
 */
export function readTimes(
  read: Reader,
  record: Node,
  moment: string | null,
  period: string,
): { readonly start: Moment | null; readonly end: Moment | null } {
  const single = moment === null ? null : read.moment(record[moment], moment);
  const span = read.object(record[period], period) ?? {};
  const start = read.moment(span["start"], `${period}.start`);
  const end = read.moment(span["end"], `${period}.end`);
  if (start !== null && end !== null && end.precision === "instant" && end.at < start.at)
    read.fault(`${period}.end`, "ends-before-start");
  return { start: single ?? start, end };
}

/** A time told in one of several fields: the first that is there. */
export function firstMoment(read: Reader, record: Node, fields: readonly string[]): Moment | null {
  let found: Moment | null = null;
  for (const field of fields) {
    const moment = read.moment(record[field], field);
    found ??= moment;
  }
  return found;
}
