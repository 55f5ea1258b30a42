import { and, asc, desc, eq, inArray, lt, ne, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../../db/planes.ts";
import { roles } from "../../../../db/schema/hospital/roles.ts";
import { limits } from "../../../../db/schema/hospital/settings.ts";
import { userImportRows, userImportRuns } from "../../../../db/schema/hospital/user-imports.ts";
import type { JobQueue } from "../../../../jobs/queue.ts";
import { audit } from "../../../audit/audit.ts";
import { authorize, staffIdOf } from "../../../auth/permissions.ts";
import { adminRoleKey } from "../../../auth/seed-roles.ts";
import { requireStepUp } from "../../../auth/step-up.ts";
import { AppError, notFound } from "../../../errors.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";
import { actorNow } from "../../roles/granting.ts";
import { judgeRows } from "./judge-rows.ts";
import { readUserFile } from "./user-file.ts";

export type UserImport = typeof userImportRuns.$inferSelect;
export type UserImportRow = typeof userImportRows.$inferSelect;

const draftLifeMs = 24 * 60 * 60_000;
/** A run that nobody has been at for this long has lost its worker. */
const stalledAfterMs = 60_000;

/**
 * Reads a list of staff and keeps it as a draft: every line with what would become of it. Nobody is added yet.
 * @throws AppError invalid (422) naming `file`; too-large (413); forbidden (403).
 */
export async function draftUserImport(
  context: HospitalContext,
  given: { readonly origin: UserImport["origin"]; readonly fileName: string; readonly bytes: Uint8Array },
): Promise<UserImport> {
  authorize(context.actor, "users:create");
  const lines = readUserFile(given.bytes);
  const now = context.clock.now();
  return context.write(async (tx) => {
    await forgetOldDrafts(tx, new Date(now.getTime() - draftLifeMs));
    const actor = await actorNow(tx, context.actor, "users:create");
    const judged = await judgeRows(tx, actor, lines);
    const count = (status: string) => judged.filter((row) => row.status === status).length;
    const times = { createdAt: now, updatedAt: now };
    const [run] = await tx
      .insert(userImportRuns)
      .values({
        origin: given.origin,
        fileName: plainName(given.fileName),
        rowsTotal: judged.length,
        ...{ ready: count("ready"), existing: count("existing"), faulty: count("faulty") },
        ...{ startedBy: staffIdOf(context.actor), startedByName: context.actor.name },
        ...times,
      })
      .returning();
    if (run === undefined) throw new Error("The import was not recorded.");
    const rows = judged.map(({ row, status, fault, input }) => ({
      ...{ runId: run.id, line: row.line, name: row.name.slice(0, 200), email: row.email.slice(0, 254) },
      ...{ phone: row.phone === "" ? null : row.phone.slice(0, 60), role: row.role.slice(0, 100) },
      ...{
        departments: row.departments.slice(0, 1_000),
        scope: input?.scope ?? ("hospital" as const),
        status,
      },
      ...{ field: fault?.field ?? null, code: fault?.code ?? null, message: fault?.message ?? null },
      ...times,
    }));
    for (let start = 0; start < rows.length; start += 500)
      await tx.insert(userImportRows).values(rows.slice(start, start + 500));
    await audit(tx, context, {
      event: "user-import.drafted",
      entity: "user-import",
      entityId: run.id,
      details: { rows: run.rowsTotal },
    });
    return run;
  });
}

function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  return last.replace(/\p{C}/gu, "").trim().slice(0, 200) || "users.csv";
}

async function forgetOldDrafts(tx: HospitalTx, before: Date): Promise<void> {
  await tx
    .delete(userImportRuns)
    .where(and(eq(userImportRuns.status, "draft"), lt(userImportRuns.createdAt, before)));
}

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

/**
 * Confirms a draft: each line that is ready is invited, one after the other. Confirming twice changes nothing.
 * @throws AppError not-found (404); conflict (409) `import.ended`; forbidden (403), also for the proof that making
 *   administrators needs.
 */
export async function beginUserImport(context: HospitalContext, id: string): Promise<UserImport> {
  authorize(context.actor, "users:create");
  const run = await getUserImport(context, id);
  if (run.status === "done") throw ended();
  if (run.status !== "draft") return run;
  if (await bringsAdmins(context, id)) await requireStepUp(context, "role.grant-admin");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const [started] = await tx
      .update(userImportRuns)
      .set({
        ...{ status: "waiting", startedAt: now, aliveAt: now, updatedAt: now },
        ...{ startedBy: staffIdOf(context.actor), startedByName: context.actor.name },
        version: sql`${userImportRuns.version} + 1`,
      })
      .where(and(eq(userImportRuns.id, id), eq(userImportRuns.status, "draft")))
      .returning();
    if (started === undefined) throw ended();
    await audit(tx, context, { event: "user-import.started", entity: "user-import", entityId: id });
    return started;
  });
}

const ended = () =>
  new AppError(
    "conflict",
    "import.ended",
    "This import has ended. Upload the file again; nobody is added twice.",
  );

async function bringsAdmins(context: HospitalContext, id: string): Promise<boolean> {
  const [found] = await context.db
    .select({ id: userImportRows.id })
    .from(userImportRows)
    .innerJoin(
      roles,
      sql`lower(btrim(${userImportRows.role})) in (lower(${roles.name}), lower(${roles.key}))`,
    )
    .where(and(eq(userImportRows.runId, id), eq(userImportRows.status, "ready"), eq(roles.key, adminRoleKey)))
    .limit(1);
  return found !== undefined;
}

/** The same, and a worker is asked for; for one that lost its worker, asked for again. @throws AppError unavailable (503). */
export async function startUserImport(
  context: HospitalContext,
  queue: JobQueue,
  id: string,
): Promise<UserImport> {
  authorize(context.actor, "users:create");
  const run = await beginUserImport(context, id);
  await queue.add("users.import", { tenantId: context.hospital.id, importId: id }, { dedupeKey: id });
  return run;
}

/** Whether an import should be going on, and nobody is at it. */
// open: a plain question about a row
export function isUserImportStalled(run: UserImport, now: Date): boolean {
  if (run.status !== "waiting" && run.status !== "running") return false;
  return (run.aliveAt ?? run.updatedAt).getTime() < now.getTime() - stalledAfterMs;
}

/**
 * Asks for a worker for every import of staff that has lost its own, as after a queue was lost.
 * @returns how many there were.
 * @throws AppError forbidden (403), unavailable (503).
 */
export async function continueStalledUserImports(context: HospitalContext, queue: JobQueue): Promise<number> {
  authorize(context.actor, "users:create");
  const before = new Date(context.clock.now().getTime() - stalledAfterMs);
  const stalled = await context.db
    .select({ id: userImportRuns.id })
    .from(userImportRuns)
    .where(
      and(
        inArray(userImportRuns.status, ["waiting", "running"]),
        lt(sql`coalesce(${userImportRuns.aliveAt}, ${userImportRuns.updatedAt})`, before.toISOString()),
      ),
    );
  for (const { id } of stalled)
    await queue.add("users.import", { tenantId: context.hospital.id, importId: id }, { dedupeKey: id });
  return stalled.length;
}

/** Throws a draft away. @throws AppError not-found (404); conflict (409) once it was confirmed; forbidden (403). */
export async function discardUserImport(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "users:create");
  const run = await getUserImport(context, id);
  await context.write(async (tx) => {
    const gone = await tx
      .delete(userImportRuns)
      .where(
        and(
          eq(userImportRuns.id, run.id),
          eq(userImportRuns.status, "draft"),
          ne(userImportRuns.status, "done"),
        ),
      )
      .returning({ id: userImportRuns.id });
    if (gone.length === 0) throw ended();
    await audit(tx, context, { event: "user-import.discarded", entity: "user-import", entityId: id });
  });
}
