import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { limits } from "../../../../db/schema/hospital/settings.ts";
import { userImportRows, userImportRuns } from "../../../../db/schema/hospital/user-imports.ts";
import { authorize } from "../../../auth/permissions.ts";
import { AppError, notFound } from "../../../errors.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";

export type UserImport = typeof userImportRuns.$inferSelect;
export type UserImportRow = typeof userImportRows.$inferSelect;

/** One import. @throws AppError not-found (404); forbidden (403). */
export async function getUserImport(context: HospitalContext, id: string): Promise<UserImport> {
  authorize(context.actor, "users:create");
  const [run] = await context.db
    .select()
    .from(userImportRuns)
    .where(and(eq(userImportRuns.id, id), own(context)));
  if (run === undefined) throw notFound("import");
  return run;
}

/** A list of names is shown to who brought it, and to those who see the whole staff. */
function own({ actor }: HospitalContext) {
  return actor.kind === "user" && actor.departments !== null
    ? eq(userImportRuns.startedBy, actor.userId)
    : undefined;
}

/** The latest imports. @throws AppError forbidden (403). */
export async function listUserImports(context: HospitalContext): Promise<readonly UserImport[]> {
  authorize(context.actor, "users:create");
  return context.db
    .select()
    .from(userImportRuns)
    .where(own(context))
    .orderBy(desc(userImportRuns.createdAt), desc(userImportRuns.id))
    .limit(20);
}

/** The lines of an import; `only` those of some states. @throws AppError not-found (404); forbidden (403). */
export async function listUserImportRows(
  context: HospitalContext,
  id: string,
  query: {
    readonly after?: number;
    readonly limit?: number;
    readonly only?: readonly UserImportRow["status"][];
  } = {},
): Promise<readonly UserImportRow[]> {
  authorize(context.actor, "users:create");
  await getUserImport(context, id);
  return context.db
    .select()
    .from(userImportRows)
    .where(
      and(
        eq(userImportRows.runId, id),
        query.after === undefined ? undefined : sql`${userImportRows.line} > ${query.after}`,
        query.only === undefined ? undefined : inArray(userImportRows.status, [...query.only]),
      ),
    )
    .orderBy(asc(userImportRows.line))
    .limit(query.limit ?? 200);
}

/** How many people the plan has room for; null: without limit. @throws AppError forbidden (403). */
export async function placesLeft(context: HospitalContext): Promise<number | null> {
  authorize(context.actor, "users:create");
  const [row] = await context.db.select().from(limits).where(eq(limits.resource, "users"));
  return row === undefined || row.allowed === null ? null : Math.max(0, row.allowed - row.used);
}

/** What was confirmed or thrown away is no draft any more. */
// open: pure
export const importEnded = () =>
  new AppError(
    "conflict",
    "import.ended",
    "This import has ended. Upload the file again; nobody is added twice.",
  );
