import { inArray, or, type SQL, sql } from "drizzle-orm";
import type { Scope } from "../../../db/schema/hospital/roles.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { departmentScope, type HospitalActor } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { AppError, notFound } from "../../errors.ts";

/** Where somebody belongs, and whether what they reach is limited to it. */
export interface Placed {
  readonly departmentId: string | null;
  readonly otherDepartmentIds: readonly string[];
  readonly scope: Scope;
  readonly roleScope: Scope;
}

const departmentsOf = ({ departmentId, otherDepartmentIds }: Placed): readonly string[] =>
  departmentId === null ? otherDepartmentIds : [departmentId, ...otherDepartmentIds];

/** What narrows a list of the staff to those of the departments that who asks is limited to. */
// open: a question that follows authorize
export function usersInScope(actor: HospitalActor): SQL | undefined {
  const scope = departmentScope(actor);
  if (scope === null) return undefined;
  if (scope.length === 0) return sql`false`;
  const ids = sql.join(
    scope.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  return or(
    inArray(users.departmentId, [...scope]),
    sql`exists (select from user_departments d where d.user_id = ${users.id} and d.department_id in (${ids}))`,
  );
}

/** Of the people of other departments nobody learns that they are there. @throws AppError not-found (404). */
// open: a question that follows authorize
export function requireInScope(actor: HospitalActor, person: Placed): void {
  const scope = departmentScope(actor);
  if (scope !== null && !departmentsOf(person).some((id) => scope.includes(id))) throw notFound("user");
}

/**
 * Whoever is limited to departments administers those alone who are limited to the same ones, or fewer: a person
 * who reaches further holds more than they do.
 * @throws AppError forbidden (403) `user.beyond-scope`.
 */
// open: a question that follows authorize
export function refuseBeyondScope(actor: HospitalActor, person: Placed): void {
  const scope = departmentScope(actor);
  if (scope === null) return;
  const limited = person.scope === "departments" || person.roleScope === "departments";
  const own = departmentsOf(person);
  if (!limited || own.length === 0 || own.some((id) => !scope.includes(id)))
    throw new AppError(
      "forbidden",
      "user.beyond-scope",
      "You look after your own departments. This person belongs, or reaches, beyond them.",
    );
}

/** An administrator is one of the whole hospital, or the last of them could be shut into a department. @throws AppError conflict (409) `role.admin-whole`. */
// open: pure
export function refuseLimitedAdmin(roleKey: string, scope: Scope): void {
  if (roleKey === adminRoleKey && scope !== "hospital")
    throw new AppError(
      "conflict",
      "role.admin-whole",
      "An administrator can't be limited to departments. Choose another role for them.",
    );
}

/** Roles and departments are the whole hospital's. @throws AppError forbidden (403) `scope.needs-hospital`. */
// open: a question that follows authorize
export function requireWholeHospital(actor: HospitalActor): void {
  if (departmentScope(actor) !== null)
    throw new AppError(
      "forbidden",
      "scope.needs-hospital",
      "This concerns the whole hospital, and your rights are limited to your departments.",
    );
}
