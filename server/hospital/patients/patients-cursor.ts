import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor } from "../../paging.ts";
import type { PatientSort } from "./patients-list.sql.ts";

/** In a cursor instead of the sort: the page goes on among similar names. */
const similarMark = "~";

/** What of a row its place in the list depends on. */
export interface PatientInOrder {
  readonly patient: {
    readonly id: string;
    readonly createdAt: Date;
    readonly mrn: string;
    readonly bornOn: string | null;
  };
  readonly sortName: string;
}

/** Where a page of the list goes on. */
export interface PatientCursor {
  /** Among names that are only similar. */
  readonly similar: boolean;
  readonly value: string;
  readonly id: string;
}

/** Reads a cursor of a list in this order. @throws AppError invalid (422) for one that is not of this list. */
// open: pure
export function readPatientCursor(text: string, sort: PatientSort): PatientCursor {
  const [mark, value, id] = decodeCursor(text, 3);
  const fits: Readonly<Record<string, (value: string) => boolean>> = {
    newest: (at) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) && !Number.isNaN(Date.parse(at)),
    name: (name) => !name.includes("\u0000"),
    mrn: (mrn) => /^[0-9A-Za-z-]*$/.test(mrn),
    born: (date) => /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date)),
    [similarMark]: (score) => /^\d(\.\d{1,12})?$/.test(score),
  };
  const wanted = mark === similarMark ? similarMark : sort;
  if (mark === wanted && typeof value === "string")
    if (fits[wanted]?.(value) === true && isId(id)) return { similar: mark === similarMark, value, id };
  decodeCursor("", 3);
  throw new Error("An empty cursor is refused.");
}

/** The cursor that goes on after a row. */
// open: pure
export function cursorAfterPatient(row: PatientInOrder | undefined, sort: PatientSort): string | null {
  if (row === undefined) return null;
  const { patient, sortName } = row;
  const value: Readonly<Record<PatientSort, string>> = {
    newest: patient.createdAt.toISOString(),
    name: sortName,
    mrn: patient.mrn,
    born: patient.bornOn ?? "0001-01-01",
  };
  return encodeCursor([sort, value[sort], patient.id]);
}

/** The cursor that goes on after a row among similar names. */
// open: pure
export function cursorAfterSimilar(
  row: { readonly score: string; readonly patient: { readonly id: string } } | undefined,
): string | null {
  return row === undefined ? null : encodeCursor([similarMark, row.score, row.patient.id]);
}
