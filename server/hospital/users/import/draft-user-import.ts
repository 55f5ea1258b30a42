import { and, eq, lt, ne } from "drizzle-orm";
import type { HospitalTx } from "../../../../db/planes.ts";
import { userImportRows, userImportRuns } from "../../../../db/schema/hospital/user-imports.ts";
import { audit } from "../../../audit/audit.ts";
import { authorize, staffIdOf } from "../../../auth/permissions.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";
import { actorNow } from "../../roles/granting.ts";
import { judgeRows } from "./judge-rows.ts";
import { readUserFile } from "./user-file.ts";
import { getUserImport, importEnded, type UserImport } from "./user-imports.ts";

const draftLifeMs = 24 * 60 * 60_000;

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
    if (gone.length === 0) throw importEnded();
    await audit(tx, context, { event: "user-import.discarded", entity: "user-import", entityId: id });
  });
}
