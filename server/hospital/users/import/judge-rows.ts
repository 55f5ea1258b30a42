import { inArray, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../../db/planes.ts";
import { departments } from "../../../../db/schema/hospital/departments.ts";
import { roles, scopes } from "../../../../db/schema/hospital/roles.ts";
import type { userImportRows } from "../../../../db/schema/hospital/user-imports.ts";
import { users } from "../../../../db/schema/hospital/users.ts";
import type { HospitalActor } from "../../../auth/permissions.ts";
import { AppError, type FieldError } from "../../../errors.ts";
import { parseForm } from "../../../input.ts";
import { refuseBeyondOwn } from "../../roles/granting.ts";
import { otherDepartments } from "../user-departments.ts";
import { refuseBeyondScope, refuseLimitedAdmin } from "../user-scope.ts";
import { type InviteUserInput, inviteUserInput } from "../users.input.ts";
import type { FileRow } from "./user-file.ts";

type RowStatus = (typeof userImportRows.$inferSelect)["status"];

/** A line with what would become of it; `input` where it could come in. */
export interface JudgedRow {
  readonly row: FileRow;
  readonly status: Extract<RowStatus, "ready" | "existing" | "faulty">;
  readonly fault: FieldError | null;
  readonly input: InviteUserInput | null;
}

const fold = (text: string) => text.trim().replace(/\s+/gu, " ").toLowerCase();

/** What the names in the file stand for, read once. */
export interface Names {
  readonly roles: ReadonlyMap<string, typeof roles.$inferSelect>;
  readonly departments: ReadonlyMap<string, string>;
}

/** Roles and departments by key and by name. */
// open: part of rules that have authorized
export async function readNames(db: HospitalDb): Promise<Names> {
  const [allRoles, allDepartments] = await Promise.all([
    db.select().from(roles),
    db
      .select({ id: departments.id, key: departments.key, name: departments.name })
      .from(departments)
      .where(sql`${departments.active}`),
  ]);
  return {
    roles: new Map(
      allRoles.flatMap((role) => [role.name, role.key].map((name) => [fold(name), role] as const)),
    ),
    departments: new Map(
      allDepartments.flatMap(({ id, key, name }) => [name, key].map((one) => [fold(one), id] as const)),
    ),
  };
}

/** Judges every line: who could come in, who is here, whose line has a fault. Nothing is written. */
// open: part of rules that have authorized
export async function judgeRows(
  db: HospitalDb,
  actor: HospitalActor,
  rows: readonly FileRow[],
): Promise<readonly JudgedRow[]> {
  const names = await readNames(db);
  const emails = rows.map(({ email }) => fold(email)).filter((email) => email !== "");
  const here = new Set<string>();
  for (let start = 0; start < emails.length; start += 1_000)
    for (const { email } of await db
      .select({ email: sql<string>`lower(${users.email})` })
      .from(users)
      .where(inArray(sql`lower(${users.email})`, emails.slice(start, start + 1_000))))
      here.add(email);
  const seen = new Set<string>();
  return rows.map((row) => {
    const judged = judgeRow(actor, names, row);
    const email = fold(row.email);
    if (judged.status !== "ready") return judged;
    if (here.has(email)) return { ...judged, status: "existing", input: null };
    if (seen.has(email))
      return faulty(row, {
        field: "email",
        code: "taken",
        message: "This address stands in an earlier line.",
      });
    seen.add(email);
    return judged;
  });
}

const faulty = (row: FileRow, fault: FieldError): JudgedRow => ({
  row,
  status: "faulty",
  fault,
  input: null,
});

/** One line by itself. */
// open: part of rules that have authorized
export function judgeRow(actor: HospitalActor, names: Names, row: FileRow): JudgedRow {
  const role = names.roles.get(fold(row.role));
  if (fold(row.role) === "") return faulty(row, { field: "role", code: "required", message: "Enter this." });
  if (role === undefined)
    return faulty(row, { field: "role", code: "not-found", message: "There is no role of that name." });
  const wanted = row.departments.split(";").filter((name) => fold(name) !== "");
  const ids = wanted.map((name) => names.departments.get(fold(name)));
  if (ids.some((id) => id === undefined))
    return faulty(row, {
      field: "departments",
      code: "not-found",
      message: "There is no department of one of these names.",
    });
  const [departmentId, ...others] = ids.filter((id) => id !== undefined);
  const given = fold(row.scope);
  const scope = given === "" ? "hospital" : scopes.find((one) => one === given);
  if (scope === undefined)
    return faulty(row, { field: "scope", code: "not-one-of", message: "Write hospital or departments." });
  const parsed = parseForm(inviteUserInput, {
    ...{ name: row.name, email: row.email, phone: row.phone, roleId: role.id, scope },
    ...(departmentId === undefined ? {} : { departmentId }),
    otherDepartmentIds: otherDepartments(departmentId ?? null, others),
  });
  if (!parsed.ok) {
    const [fault] = parsed.errors;
    return faulty(row, fault ?? { field: "name", code: "invalid", message: "This is not valid." });
  }
  try {
    refuseBeyondOwn(actor, role.permissions);
    refuseLimitedAdmin(role.key, scope);
    refuseBeyondScope(actor, {
      departmentId: departmentId ?? null,
      otherDepartmentIds: others,
      scope,
      roleScope: role.scope,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const field = error.code === "user.beyond-scope" ? "departments" : "role";
    return faulty(row, { field, code: error.code, message: error.message });
  }
  return { row, status: "ready", fault: null, input: parsed.value };
}
