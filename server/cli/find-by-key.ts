import { AppError } from "../errors.ts";
import { type Department, listDepartments } from "../hospital/departments/departments.ts";
import { listRoles, type Role } from "../hospital/roles/roles.ts";
import type { HospitalContext } from "../tenancy/context.ts";

/** What a hospital adds of its own has a key that nobody types: it is named by its name. */
function find<T extends { readonly key: string; readonly name: string }>(
  rows: readonly T[],
  asked: string,
): T | undefined {
  const words = asked.normalize("NFC").trim();
  const name = words.toLowerCase();
  return rows.find((row) => row.key === words) ?? rows.find((row) => row.name.toLowerCase() === name);
}

/** A hospital's role, by its key or its name. @throws AppError not-found. */
export async function roleOf(context: HospitalContext, asked: string): Promise<Role> {
  const role = find(await listRoles(context), asked);
  if (role === undefined) throw new AppError("not-found", "role.not-found", `There is no role "${asked}".`);
  return role;
}

/** A hospital's department, by its key or its name. @throws AppError not-found. */
export async function departmentOf(context: HospitalContext, asked: string): Promise<Department> {
  const department = find(await listDepartments(context), asked);
  if (department === undefined)
    throw new AppError("not-found", "department.not-found", `There is no department "${asked}".`);
  return department;
}
