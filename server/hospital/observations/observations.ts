import { and, asc, desc, eq, inArray, isNotNull, notInArray, sql } from "drizzle-orm";
import { insertMany } from "../../../db/insert-many.ts";
import type { HospitalTx } from "../../../db/planes.ts";
import { observationComponents, observations } from "../../../db/schema/hospital/observations.ts";
import { auditLook } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type EntriesQuery, mustBePatient, pageOfPatient } from "../clinical/of-patient.ts";

export type ObservationComponent = typeof observationComponents.$inferSelect;
export type Observation = typeof observations.$inferSelect & {
  /** The parts in their order, such as systolic and diastolic. */
  readonly components: readonly ObservationComponent[];
};

export interface ObservationsQuery extends EntriesQuery {
  /** `vital-signs`, `laboratory` …; all where it is left out. */
  readonly category?: string | undefined;
}

/**
 * A patient's results and vital signs with their parts, the latest first, 20 a page unless `limit` (1 to 100)
 * says otherwise.
 * @throws AppError forbidden (403), not-found (404), invalid (422) for a cursor of another list.
 */
export async function listObservations(
  context: HospitalContext,
  patientId: string,
  query: ObservationsQuery = {},
): Promise<PageOf<Observation>> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  const only = query.category === undefined ? undefined : eq(observations.category, query.category);
  const { items, nextCursor } = await pageOfPatient(context, observations, patientId, query, only);
  const ids = items.map(({ id }) => id);
  const parts = ids.length === 0 ? [] : await componentsOf(context, ids);
  return {
    items: items.map((item) => ({
      ...item,
      components: parts.filter((part) => part.observationId === item.id),
    })),
    nextCursor,
  };
}

function componentsOf(context: HospitalContext, ids: string[]): Promise<ObservationComponent[]> {
  return context.db
    .select()
    .from(observationComponents)
    .where(inArray(observationComponents.observationId, ids))
    .orderBy(asc(observationComponents.position));
}

export interface VitalPoint {
  readonly at: Date;
  readonly value: number;
}

/** One vital sign over time, the earliest first. */
export interface VitalSeries {
  readonly code: string;
  readonly display: string;
  readonly unit: string | null;
  readonly points: readonly VitalPoint[];
}

const pointsASeries = 24;
const rowsLookedAt = 400;
/** A record that was a mistake, or that never came to be, is no measurement. */
const noMeasurement: (typeof observations.$inferSelect)["status"][] = [
  "cancelled",
  "entered-in-error",
  "registered",
];

/**
 * The vital signs that were measured at least twice in the same unit, each with its latest 24 values; the parts of a
 * blood pressure are two of them. From the latest 400 measurements.
 * @throws AppError forbidden (403), not-found (404).
 */
export async function readVitals(
  context: HospitalContext,
  patientId: string,
): Promise<readonly VitalSeries[]> {
  authorize(context.actor, "clinical:read");
  await mustBePatient(context, patientId);
  const measured = await context.db
    .select({
      at: observations.at,
      code: sql<string | null>`coalesce(${observationComponents.code}, ${observations.code})`,
      display: sql<string>`coalesce(${observationComponents.display}, ${observations.display})`,
      unit: sql<string | null>`coalesce(${observationComponents.valueUnit}, ${observations.valueUnit})`,
      value: sql<string | null>`coalesce(${observationComponents.valueNumber}, ${observations.valueNumber})`,
    })
    .from(observations)
    .leftJoin(observationComponents, eq(observationComponents.observationId, observations.id))
    .where(
      and(
        eq(observations.patientId, patientId),
        eq(observations.category, "vital-signs"),
        isNotNull(observations.at),
        notInArray(observations.status, noMeasurement),
      ),
    )
    .orderBy(desc(observations.at), asc(observationComponents.position))
    .limit(rowsLookedAt);
  await auditLook(context, patientId, "observations");
  const series = new Map<
    string,
    { display: string; code: string; unit: string | null; points: VitalPoint[] }
  >();
  for (const { at, code, display, unit, value } of measured) {
    if (at === null || value === null) continue;
    const key = JSON.stringify([code ?? display, unit]);
    const found = series.get(key) ?? { display, code: code ?? display, unit, points: [] };
    if (found.points.length < pointsASeries) found.points.unshift({ at, value: Number(value) });
    series.set(key, found);
  }
  return [...series.values()].filter(({ points }) => points.length > 1);
}

/** Adds results and vital signs in bulk, leaving out what an earlier import brought. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addObservations(
  tx: HospitalTx,
  rows: readonly (typeof observations.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, observations, rows);
}

/** Adds the parts of observations in bulk. @returns the ids of those added. */
// open: part of a write that its caller has authorized
export function addObservationComponents(
  tx: HospitalTx,
  rows: readonly (typeof observationComponents.$inferInsert & { readonly id: string })[],
): Promise<readonly string[]> {
  return insertMany(tx, observationComponents, rows);
}
