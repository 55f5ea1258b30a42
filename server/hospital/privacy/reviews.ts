import { and, count, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { glassBreaks } from "../../../db/schema/hospital/privacy.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { AppError, invalidField, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { ReviewInput, reviewStates } from "./privacy.input.ts";

/** After this long a review that nobody has made is overdue. */
export const reviewWithinDays = 7;

export interface ReviewsQuery {
  readonly state?: (typeof reviewStates)[number] | undefined;
  readonly userId?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const select = (db: HospitalDb) =>
  db
    .select({
      id: glassBreaks.id,
      patientId: glassBreaks.patientId,
      mrn: patients.mrn,
      userId: glassBreaks.userId,
      userName: glassBreaks.userName,
      roleName: glassBreaks.roleName,
      reason: glassBreaks.reason,
      explanation: glassBreaks.explanation,
      brokenAt: glassBreaks.brokenAt,
      expiresAt: glassBreaks.expiresAt,
      endedAt: glassBreaks.endedAt,
      verdict: glassBreaks.verdict,
      reviewedByName: glassBreaks.reviewedByName,
      reviewedAt: glassBreaks.reviewedAt,
      reviewNote: glassBreaks.reviewNote,
      version: glassBreaks.version,
    })
    .from(glassBreaks)
    .innerJoin(patients, eq(patients.id, glassBreaks.patientId));

type Row = Awaited<ReturnType<typeof select>>[number];
export type GlassBreak = Row & { readonly overdue: boolean };

const overdueBefore = (now: Date) => new Date(now.getTime() - reviewWithinDays * 86_400_000);
const told = (row: Row, now: Date): GlassBreak => ({
  ...row,
  overdue: row.verdict === "pending" && row.brokenAt < overdueBefore(now),
});

function narrowed({ state, userId }: ReviewsQuery, now: Date): SQL | undefined {
  return and(
    state === undefined
      ? undefined
      : state === "overdue"
        ? and(eq(glassBreaks.verdict, "pending"), lt(glassBreaks.brokenAt, overdueBefore(now)))
        : eq(glassBreaks.verdict, state),
    userId === undefined ? undefined : eq(glassBreaks.userId, userId),
  );
}

/**
 * Who opened restricted records by giving a reason, the latest first; the records by their number alone.
 * @throws AppError invalid (422) for a cursor of another list; forbidden (403).
 */
export async function listGlassBreaks(
  context: HospitalContext,
  query: ReviewsQuery = {},
): Promise<PageOf<GlassBreak>> {
  authorize(context.actor, "privacy:review");
  const now = context.clock.now();
  const limit = query.limit ?? 20;
  const rows = await select(context.db)
    .where(and(narrowed(query, now), beyond(query.cursor)))
    .orderBy(desc(glassBreaks.brokenAt), desc(glassBreaks.id))
    .limit(limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map((row) => told(row, now)),
    nextCursor: last === undefined ? null : encodeCursor([last.brokenAt.toISOString(), last.id]),
  };
}

function beyond(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const [at, id] = decodeCursor(cursor, 2);
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || !isId(id)) decodeCursor("", 2);
  return sql`(${glassBreaks.brokenAt}, ${glassBreaks.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

/** One opening. @throws AppError not-found (404); forbidden (403). */
export async function getGlassBreak(context: HospitalContext, id: string): Promise<GlassBreak> {
  authorize(context.actor, "privacy:review");
  const [row] = isId(id) ? await select(context.db).where(eq(glassBreaks.id, id)) : [];
  if (row === undefined) throw notFound("review");
  return told(row, context.clock.now());
}

/** How many openings wait for a review. */
export async function countPendingReviews(context: HospitalContext): Promise<number> {
  authorize(context.actor, "privacy:review");
  const [row] = await context.db
    .select({ n: count() })
    .from(glassBreaks)
    .where(eq(glassBreaks.verdict, "pending"));
  return row?.n ?? 0;
}

/**
 * Says of an opening whether it was justified. Nobody judges their own; a verdict may be changed by a later one, and
 * both are in the audit.
 * @throws AppError not-found (404); forbidden (403) `review.own`; precondition-failed (412); invalid (422) without a note.
 */
export async function reviewGlassBreak(
  context: HospitalContext,
  id: string,
  input: ReviewInput,
  version?: number,
): Promise<GlassBreak> {
  authorize(context.actor, "privacy:review");
  const note = input.note.normalize("NFC").trim();
  if (note === "") throw invalidField("note", "required", "Enter this.");
  const now = context.clock.now();
  const reviewedBy = staffIdOf(context.actor);
  return context.write(async (tx) => {
    const before = await getGlassBreak({ ...context, db: tx }, id);
    if (before.userId === reviewedBy || context.actor.kind === "support")
      throw new AppError("forbidden", "review.own", "Somebody else has to judge this one.");
    const changed = await tx
      .update(glassBreaks)
      .set({
        ...{ verdict: input.verdict, reviewedBy, reviewedByName: context.actor.name, reviewedAt: now },
        ...{ reviewNote: note, updatedAt: now, version: sql`${glassBreaks.version} + 1` },
      })
      .where(and(eq(glassBreaks.id, before.id), eq(glassBreaks.version, version ?? before.version)))
      .returning({ id: glassBreaks.id });
    if (changed.length === 0) throw rowChanged();
    await audit(tx, context, {
      event: "patient.glass-reviewed",
      ...{ entity: "glass-break", entityId: before.id, patientId: before.patientId, reason: note },
      details: { verdict: input.verdict, before: before.verdict },
    });
    return getGlassBreak({ ...context, db: tx }, id);
  });
}
