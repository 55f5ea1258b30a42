import { and, asc, desc, eq, isNotNull, isNull, or, type SQL, sql } from "drizzle-orm";
import { flatRows } from "../../../db/flat-rows.ts";
import type { HospitalDb } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { limits } from "../../../db/schema/hospital/settings.ts";
import type { Sight } from "../privacy/access.ts";
import { listColumns, patientColumns, searchText, sortName } from "./patients.columns.ts";
import type { patientSorts } from "./patients.input.ts";

export type PatientSort = (typeof patientSorts)[number];

/** The form of a list's statement; each is built and prepared once for each database. */
export interface ListShape {
  readonly sort: PatientSort;
  readonly descending: boolean;
  readonly deleted: boolean;
  readonly status: boolean;
  readonly sex: boolean;
  readonly words: readonly ("short" | "long")[];
  readonly numbers: number;
  readonly after: boolean;
  /** Which restricted records are found: all, none, or those opened to `who` at the instant `now`. */
  readonly restricted: Sight;
  /** Tell how many patients there are in all, from the plan's counter. */
  readonly counter: boolean;
}

const sortKeys: Readonly<Record<PatientSort, SQL>> = {
  newest: sql`${patients.createdAt}`,
  name: sortName,
  mrn: sql`${patients.mrn}`,
  born: sql`coalesce(${patients.bornOn}, date '0001-01-01')`,
};

const castOf: Readonly<Record<PatientSort, SQL>> = {
  newest: sql`::timestamptz`,
  name: sql`::text`,
  mrn: sql`::text`,
  born: sql`::date`,
};

const given = (name: string) => sql.placeholder(name);

/** Every word of the name at the start of a word, every number anywhere. */
function matches(shape: Pick<ListShape, "words" | "numbers">): SQL[] {
  const words = shape.words.map((length, index) => {
    const pattern = sql`'% ' || wardline_fold(${given(`w${index}`)}::text) || '%'`;
    // One letter fits so many that the index is slower than walking the list.
    return length === "short"
      ? sql`(${searchText} || '') like ${pattern}`
      : sql`${searchText} like ${pattern}`;
  });
  const numbers = Array.from(
    { length: shape.numbers },
    (_, index) => sql`${searchText} like '%' || ${given(`n${index}`)}::text || '%'`,
  );
  return [...words, ...numbers];
}

/** Where what is asked for would tell of a restricted record, it is found by who may open it, or by its own number. */
function unrestricted({ restricted, words, numbers }: Pick<ListShape, "restricted" | "words" | "numbers">) {
  if (restricted === "all") return undefined;
  if (restricted === "none") return sql`not ${patients.restricted}`;
  const opened = sql`wardline_may_open(${patients.id}, ${given("who")}::uuid, ${given("now")}::timestamptz)`;
  const byNumber = Array.from(
    { length: words.length === 0 ? numbers : 0 },
    (_, index) => sql`lower(${patients.mrn}) like '%' || ${given(`n${index}`)}::text || '%'`,
  );
  return or(sql`not ${patients.restricted}`, opened, byNumber.length === 0 ? undefined : and(...byNumber));
}

function narrowed(shape: Pick<ListShape, "deleted" | "status" | "sex" | "words" | "numbers" | "restricted">) {
  return and(
    shape.deleted ? isNotNull(patients.deletedAt) : isNull(patients.deletedAt),
    shape.status ? eq(patients.status, given("status")) : undefined,
    shape.sex ? eq(patients.sex, given("sex")) : undefined,
    unrestricted(shape),
    ...matches(shape),
  );
}

function buildList(db: HospitalDb, shape: ListShape) {
  const key = sortKeys[shape.sort];
  const after = sql`(${given("after")}${castOf[shape.sort]}, ${given("afterId")}::uuid)`;
  const order = shape.descending ? desc : asc;
  // The index of the newest is made with nulls last, which Postgres takes literally even where there are none.
  const nulls = shape.sort === "newest" ? (shape.descending ? sql` nulls last` : sql` nulls first`) : sql``;
  const beyond = shape.descending
    ? sql`(${key}, ${patients.id}) < ${after}`
    : sql`(${key}, ${patients.id}) > ${after}`;
  const statement = db
    .select({
      patient: listColumns,
      sortName: shape.sort === "name" ? sql<string>`${sortName}` : sql<string>`''`,
      inAll: shape.counter
        ? sql<number>`(select ${limits.used} from ${limits} where ${limits.resource} = 'patients')`
        : sql<number>`0`,
    })
    .from(patients)
    .where(and(narrowed(shape), shape.after ? beyond : undefined))
    .orderBy(sql`${order(key)}${nulls}`, sql`${order(patients.id)}${nulls}`)
    .limit(given("limit"))
    .prepare("patients_list");
  return flatRows(statement);
}

function buildCount(db: HospitalDb, shape: ListShape) {
  const found = db
    .select({ one: sql`1` })
    .from(patients)
    .where(narrowed(shape))
    .limit(given("atMost"))
    .as("found");
  return db.select({ total: sql<number>`count(*)::int` }).from(found).prepare("patients_count");
}

function buildSimilar(db: HospitalDb, shape: ListShape) {
  const words = sql.join(
    shape.words.slice(0, 4).map((_, index) => sql`wardline_fold(${given(`w${index}`)}::text)`),
    sql`, `,
  );
  const score = sql`near.score`;
  const after = sql`(${given("after")}::real, ${given("afterId")}::uuid)`;
  return db
    .select({ patient: listColumns, score: sql<string>`${score}::text` })
    .from(patients)
    .innerJoin(sql`wardline_similar_names(array[${words}], 100) near`, sql`near.id = ${patients.id}`)
    .where(
      and(
        narrowed({ ...shape, words: [], numbers: 0 }),
        sql`not (${and(...matches({ ...shape, numbers: 0 })) ?? sql`false`})`,
        shape.after ? sql`(${score}, ${patients.id}) < ${after}` : undefined,
      ),
    )
    .orderBy(sql`${score} desc`, desc(patients.id))
    .limit(given("limit"))
    .prepare("patients_similar");
}

function buildExport(db: HospitalDb, shape: ListShape) {
  const beyond = sql`(${patients.createdAt}, ${patients.id}) < (${given("after")}::timestamptz, ${given("afterId")}::uuid)`;
  return db
    .select(patientColumns)
    .from(patients)
    .where(and(narrowed(shape), shape.after ? beyond : undefined))
    .orderBy(sql`${desc(patients.createdAt)} nulls last`, sql`${desc(patients.id)} nulls last`)
    .limit(given("limit"))
    .prepare("patients_export");
}

/** Statements kept for one database; a list's shapes are many, of which few are ever asked for. */
const keptAtMost = 200;

function keeper<Statement>(build: (db: HospitalDb, shape: ListShape) => Statement) {
  const kept = new WeakMap<HospitalDb, Map<string, Statement>>();
  return (db: HospitalDb, shape: ListShape): Statement => {
    let statements = kept.get(db);
    if (statements === undefined) {
      statements = new Map();
      kept.set(db, statements);
    }
    const { sort, descending, deleted, status, sex, words, numbers, after, counter, restricted } = shape;
    const key = `${sort}${+descending}${+deleted}${+status}${+sex}${words.join()}${numbers}${+after}${+counter}${restricted}`;
    let statement = statements.get(key);
    if (statement === undefined) {
      if (statements.size >= keptAtMost) statements.clear();
      statement = build(db, shape);
      statements.set(key, statement);
    }
    return statement;
  };
}

/** A page of the list: `limit`, and as the shape says `status`, `sex`, `w0…`, `n0…`, `after`, `afterId`. */
export const listStatement = keeper(buildList);
/** How many the list finds, `atMost` at the most. */
export const countStatement = keeper(buildCount);
/** Patients whose name is like the words but does not hold them, nearest first. */
export const similarStatement = keeper(buildSimilar);
/** A batch of the export, the newest first. */
export const exportStatement = keeper(buildExport);
