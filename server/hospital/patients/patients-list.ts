import { and, eq, isNull } from "drizzle-orm";
import { type patientStatuses, patients, type sexes } from "../../../db/schema/hospital/patients.ts";
import { auditRead } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { openerOf, type Sight, sightOf, withholdRestricted } from "../privacy/access.ts";
import { isValidMrn, normalizeMrn } from "./mrn.ts";
import { escapeLike, readSearch, type SearchTerms, tidySearch } from "./patient-search.ts";
import {
  cursorAfterPatient,
  cursorAfterSimilar,
  type PatientCursor,
  readPatientCursor,
} from "./patients-cursor.ts";
import {
  countStatement,
  type ListShape,
  listStatement,
  type PatientSort,
  similarStatement,
} from "./patients-list.sql.ts";

export interface PatientListQuery {
  readonly search?: string | undefined;
  readonly status?: (typeof patientStatuses)[number] | undefined;
  readonly sex?: (typeof sexes)[number] | undefined;
  /** The deleted ones instead of the others. */
  readonly deleted?: boolean | undefined;
  readonly sort?: PatientSort | undefined;
  /** The newest come first, the other sorts go upwards, unless this says otherwise. */
  readonly order?: "asc" | "desc" | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  /** `exact` counts all that is found; `cheap` counts where that costs little, and to 10,000 at most. */
  readonly total?: "exact" | "cheap" | undefined;
}

type ListRow = Awaited<ReturnType<ReturnType<typeof listStatement>["execute"]>>[number];
/** A patient in a list. */
export type PatientListItem = ListRow["patient"] & {
  /** Restricted, and not for who asks: all but the record number is left out. */
  readonly withheld?: true;
};

export interface PatientPage extends PageOf<PatientListItem> {
  /** Where in `items` those begin that do not hold the words searched for, but have a similar name. */
  readonly similarFrom?: number;
}

const cheapCountAtMost = 10_000;
/** A list this short names its patients in the audit; a longer one says how many they were. */
const namedAtMost = 10;

/**
 * Patients, searched, narrowed, sorted and paged by key. A search finds record number, phone, national id and name;
 * where the words themselves are found no more, names that are spelt or sound alike follow, the nearest first.
 * A restricted record that is not for who asks is a row with its number alone, and is left out where finding it, or
 * its place in the order, would tell more (docs/decisions/055-restricted-records.md).
 * @throws AppError invalid (422) for a cursor that is not of this list; forbidden (403).
 */
export async function listPatients(
  context: HospitalContext,
  query: PatientListQuery = {},
): Promise<PatientPage> {
  authorize(context.actor, "patients:read");
  if (query.deleted === true) authorize(context.actor, "patients:delete");
  const page = await findPage(context, query);
  const { items } = page;
  await auditRead(context, {
    ...{ event: "patient.listed", entity: "patient", entityId: null },
    details: {
      shown: items.length,
      ...(items.length > 0 && items.length <= namedAtMost ? { ids: items.map((item) => item.id) } : {}),
      ...(query.search === undefined ? {} : { searched: true }),
      ...(query.deleted === true ? { deleted: true } : {}),
    },
  });
  return page;
}

async function findPage(context: HospitalContext, query: PatientListQuery): Promise<PatientPage> {
  const terms = readSearch(query.search);
  if (terms !== null && terms.words.length + terms.numbers.length === 0)
    return { items: [], nextCursor: null, total: 0 };
  const limit = query.limit ?? 20;
  const cursor = query.cursor === undefined ? null : readPatientCursor(query.cursor, query.sort ?? "newest");
  if (cursor?.similar === true) return similarPage(context, query, terms, limit, cursor, 0);
  const shape = shapeOf(context, query, terms, cursor !== null);
  const total = shape.counter ? undefined : countOf(context, query, shape, terms);
  const rows = await listStatement(context.db, shape).execute({
    ...parametersOf(context, query, terms),
    ...(cursor === null ? {} : { after: cursor.value, afterId: cursor.id }),
    limit: limit + 1,
  });
  const inAll = shape.counter ? (rows[0]?.inAll ?? 0) : await total;
  const counted = inAll === undefined ? {} : { total: inAll };
  const found = rows.slice(0, limit).map(({ patient }) => patient);
  const items = await withholdRestricted(context.db, context, found);
  if (rows.length > limit)
    return { items, nextCursor: cursorAfterPatient(rows[limit - 1], shape.sort), ...counted };
  if (items.length === limit || !mayBeSimilar(query, terms)) return { items, nextCursor: null, ...counted };
  const near = await similarPage(context, query, terms, limit - items.length, null, items.length);
  if (near.items.length === 0) return { items, nextCursor: null, ...counted };
  const both = [...items, ...near.items];
  const allSeen = query.total !== undefined && cursor === null && near.nextCursor === null;
  return { ...near, items: both, ...(allSeen ? { total: both.length } : {}) };
}

/**
 * The patient whose record number somebody typed or scanned, whole: their id. Null where the text is no record
 * number, or nobody's.
 * @throws AppError forbidden (403).
 */
export async function findByMrn(context: HospitalContext, text: string): Promise<string | null> {
  authorize(context.actor, "patients:read");
  const mrn = normalizeMrn(tidySearch(text));
  if (!isValidMrn(mrn)) return null;
  const [row] = await context.db
    .select({ id: patients.id })
    .from(patients)
    .where(and(eq(patients.mrn, mrn), isNull(patients.deletedAt), hiddenFrom(context)));
  return row?.id ?? null;
}

const hiddenFrom = ({ actor }: HospitalContext) =>
  sightOf(actor) === "none" ? eq(patients.restricted, false) : undefined;

/** A name, a birth date, a sex or a state that is asked for tells of whoever is found by it. */
function sightFor({ actor }: HospitalContext, query: PatientListQuery, searched: boolean): Sight {
  const sight = sightOf(actor);
  const telling =
    searched ||
    query.status !== undefined ||
    query.sex !== undefined ||
    query.sort === "name" ||
    query.sort === "born";
  return sight === "own" && !telling ? "all" : sight;
}

/** The statement that a query needs. */
// open: pure
export function shapeOf(
  context: HospitalContext,
  query: PatientListQuery,
  terms: SearchTerms | null,
  after: boolean,
): ListShape {
  const sort = query.sort ?? "newest";
  const plain = terms === null && query.status === undefined && query.sex === undefined && !query.deleted;
  return {
    sort,
    descending: (query.order ?? (sort === "newest" ? "desc" : "asc")) === "desc",
    deleted: query.deleted === true,
    status: query.status !== undefined,
    sex: query.sex !== undefined,
    words: (terms?.words ?? []).map((word) => (word.length > 1 ? "long" : "short")),
    numbers: terms?.numbers.length ?? 0,
    after,
    restricted: sightFor(context, query, terms !== null),
    counter: query.total === "cheap" && plain,
  };
}

/** What the statement is to be filled with. */
// open: pure
export function parametersOf(
  context: HospitalContext,
  query: PatientListQuery,
  terms: SearchTerms | null,
): Record<string, unknown> {
  const { who, at: now } = openerOf(context);
  const parameters: Record<string, unknown> = { who, now };
  if (query.status !== undefined) parameters["status"] = query.status;
  if (query.sex !== undefined) parameters["sex"] = query.sex;
  for (const [index, word] of (terms?.words ?? []).entries()) parameters[`w${index}`] = escapeLike(word);
  for (const [index, number] of (terms?.numbers ?? []).entries()) parameters[`n${index}`] = number;
  return parameters;
}

async function countOf(
  context: HospitalContext,
  query: PatientListQuery,
  shape: ListShape,
  terms: SearchTerms | null,
): Promise<number | undefined> {
  if (query.total === undefined || (query.total === "cheap" && shape.words.includes("short")))
    return undefined;
  const atMost = query.total === "exact" ? 2_000_000_000 : cheapCountAtMost + 1;
  const [row] = await countStatement(context.db, { ...shape, after: false }).execute({
    ...parametersOf(context, query, terms),
    atMost,
  });
  const total = row?.total ?? 0;
  return query.total === "cheap" && total > cheapCountAtMost ? undefined : total;
}

/** Numbers are found or not; names may be misspelt. */
function mayBeSimilar(query: PatientListQuery, terms: SearchTerms | null): terms is SearchTerms {
  return terms !== null && terms.words.length > 0 && terms.numbers.length === 0 && query.deleted !== true;
}

async function similarPage(
  context: HospitalContext,
  query: PatientListQuery,
  terms: SearchTerms | null,
  limit: number,
  cursor: PatientCursor | null,
  similarFrom: number,
): Promise<PatientPage> {
  if (!mayBeSimilar(query, terms)) return { items: [], nextCursor: null };
  const shape = { ...shapeOf(context, query, terms, cursor !== null), counter: false };
  const rows = await similarStatement(context.db, shape).execute({
    ...parametersOf(context, query, terms),
    ...(cursor === null ? {} : { after: cursor.value, afterId: cursor.id }),
    limit: limit + 1,
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const nextCursor = cursorAfterSimilar(last);
  const found = rows.slice(0, limit).map(({ patient }) => patient);
  return { items: await withholdRestricted(context.db, context, found), nextCursor, similarFrom };
}
