import { and, asc, eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../../db/planes.ts";
import { roles } from "../../../../db/schema/hospital/roles.ts";
import { userImportRows, userImportRuns } from "../../../../db/schema/hospital/user-imports.ts";
import { users } from "../../../../db/schema/hospital/users.ts";
import { audit } from "../../../audit/audit.ts";
import { departmentsOfUser } from "../../../auth/department-scope.ts";
import { userActorOf } from "../../../auth/hospital-actor.ts";
import { lockedPasswordHash } from "../../../auth/invitations.ts";
import type { HospitalActor } from "../../../auth/permissions.ts";
import { AppError, notFound } from "../../../errors.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";
import { addUser } from "../add-user.ts";
import { sendInvitation } from "../invitations.ts";
import { judgeRow, readNames } from "./judge-rows.ts";
import type { UserImport, UserImportRow } from "./user-imports.ts";

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (run: UserImport) => void | Promise<void>;
}

/**
 * Invites the people of a confirmed list, each in a transaction of its own: their place in the plan, the account,
 * the mail and the line's result stand together or not at all. Each line is judged by the rights that the person who
 * confirmed has at that moment. Cut off, it goes on with the first line that is not done; two workers share the
 * lines between them.
 */
// open: called by the job runner and the command line, for a list that a rule has let begin
export async function runUserImport(
  context: HospitalContext,
  id: string,
  options: RunOptions = {},
): Promise<UserImport> {
  const passwordHash = await lockedPasswordHash();
  await context.db
    .update(userImportRuns)
    .set({ status: "running", aliveAt: context.clock.now() })
    .where(and(eq(userImportRuns.id, id), eq(userImportRuns.status, "waiting")));
  for (;;) {
    const before = await readRun(context, id);
    if (before.status !== "running" || options.signal?.aborted === true) return before;
    const row = await oneRow(context, before, passwordHash);
    if (row === null) return finish(context, id);
    await options.onProgress?.(before);
  }
}

async function readRun(context: HospitalContext, id: string): Promise<UserImport> {
  const [run] = await context.db.select().from(userImportRuns).where(eq(userImportRuns.id, id));
  if (run === undefined) throw notFound("import");
  return run;
}

const nextRow = async (tx: HospitalTx, runId: string): Promise<UserImportRow | null> => {
  const [row] = await tx
    .select()
    .from(userImportRows)
    .where(and(eq(userImportRows.runId, runId), eq(userImportRows.status, "ready")))
    .orderBy(asc(userImportRows.line))
    .limit(1)
    .for("update", { skipLocked: true });
  return row ?? null;
};

/** Null: no line is left that nobody is at. */
async function oneRow(
  context: HospitalContext,
  run: UserImport,
  passwordHash: string,
): Promise<UserImportRow | null> {
  let at: UserImportRow | null = null;
  try {
    return await context.write(async (tx) => {
      at = await nextRow(tx, run.id);
      if (at === null) return null;
      const actor = await actorOf(tx, context, run);
      const judged = judgeRow(actor, await readNames(tx), fileRowOf(at));
      if (judged.input === null)
        throw new AppError("invalid", judged.fault?.code ?? "input.invalid", judged.fault?.message ?? "", {
          fields: judged.fault === null ? [] : [judged.fault],
        });
      const [here] = await tx
        .select({ id: users.id })
        .from(users)
        .where(eq(sql`lower(${users.email})`, judged.input.email.trim().toLowerCase()));
      if (here !== undefined) {
        await settle(tx, context, at, { status: "existing", userId: here.id });
        return at;
      }
      const acting = { ...context, actor };
      const user = await addUser(tx, acting, actor, judged.input, { passwordHash, invited: true });
      await sendInvitation(tx, acting, user);
      await settle(tx, context, at, { status: "created", userId: user.id });
      return at;
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500 || at === null) throw error;
    const failed: UserImportRow = at;
    const [fault] = error.fields;
    await context.write((tx) =>
      settle(tx, context, failed, {
        status: "failed",
        field: fault?.field ?? null,
        code: fault?.code ?? error.code,
        message: fault?.message ?? error.message,
      }),
    );
    return failed;
  }
}

const fileRowOf = (row: UserImportRow) => ({ ...row, phone: row.phone ?? "" });

/** Who confirmed the list, with the rights that they have now. */
async function actorOf(tx: HospitalTx, context: HospitalContext, run: UserImport): Promise<HospitalActor> {
  if (run.startedBy === null) return context.actor;
  const [row] = await tx
    .select({ user: users, role: roles, departments: departmentsOfUser })
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(and(eq(users.id, run.startedBy), eq(users.status, "active")));
  if (row === undefined || !row.role.permissions.includes("users:create"))
    throw new AppError(
      "forbidden",
      "permission.missing",
      "Whoever confirmed this list may no longer add people (users:create).",
    );
  return userActorOf(row.user, row.role, run.id, row.departments);
}

async function settle(
  tx: HospitalTx,
  context: HospitalContext,
  row: UserImportRow,
  result: Partial<UserImportRow> & Pick<UserImportRow, "status">,
): Promise<void> {
  const now = context.clock.now();
  const done = await tx
    .update(userImportRows)
    .set({ ...result, updatedAt: now, version: sql`${userImportRows.version} + 1` })
    .where(and(eq(userImportRows.id, row.id), eq(userImportRows.status, "ready")))
    .returning({ id: userImportRows.id });
  if (done.length === 0) return;
  const plus = (which: UserImportRow["status"]) => (result.status === which ? 1 : 0);
  await tx
    .update(userImportRuns)
    .set({
      rowsDone: sql`${userImportRuns.rowsDone} + 1`,
      created: sql`${userImportRuns.created} + ${plus("created")}`,
      failed: sql`${userImportRuns.failed} + ${plus("failed")}`,
      existing: sql`${userImportRuns.existing} + ${plus("existing")}`,
      aliveAt: now,
      updatedAt: now,
    })
    .where(eq(userImportRuns.id, row.runId));
}

async function finish(context: HospitalContext, id: string): Promise<UserImport> {
  const now = context.clock.now();
  return context.write(async (tx) => {
    const [done] = await tx
      .update(userImportRuns)
      .set({ status: "done", finishedAt: now, updatedAt: now, version: sql`${userImportRuns.version} + 1` })
      .where(
        and(
          eq(userImportRuns.id, id),
          eq(userImportRuns.status, "running"),
          sql`not exists (select from user_import_rows r where r.run_id = ${id}::uuid and r.status = 'ready')`,
        ),
      )
      .returning();
    if (done === undefined) return readRun(context, id);
    await audit(tx, context, {
      event: "user-import.done",
      entity: "user-import",
      entityId: id,
      details: { created: done.created, failed: done.failed, existing: done.existing },
    });
    return done;
  });
}
