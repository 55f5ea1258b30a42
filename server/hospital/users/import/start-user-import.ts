import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { roles } from "../../../../db/schema/hospital/roles.ts";
import { userImportRows, userImportRuns } from "../../../../db/schema/hospital/user-imports.ts";
import type { JobQueue } from "../../../../jobs/queue.ts";
import { audit } from "../../../audit/audit.ts";
import { authorize, staffIdOf } from "../../../auth/permissions.ts";
import { adminRoleKey } from "../../../auth/seed-roles.ts";
import { requireStepUp } from "../../../auth/step-up.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";
import { getUserImport, importEnded, type UserImport } from "./user-imports.ts";

/** A run that nobody has been at for this long has lost its worker. */
const stalledAfterMs = 60_000;

/**
 * Confirms a draft: each line that is ready is invited, one after the other. Confirming twice changes nothing.
 * @throws AppError not-found (404); conflict (409) `import.ended`; forbidden (403), also for the proof that making
 *   administrators needs.
 */
export async function beginUserImport(context: HospitalContext, id: string): Promise<UserImport> {
  authorize(context.actor, "users:create");
  const run = await getUserImport(context, id);
  if (run.status === "done") throw importEnded();
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
    if (started === undefined) throw importEnded();
    await audit(tx, context, { event: "user-import.started", entity: "user-import", entityId: id });
    return started;
  });
}

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
