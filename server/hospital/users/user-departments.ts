import { and, eq, inArray } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { userDepartments } from "../../../db/schema/hospital/users.ts";
import { invalidField } from "../../errors.ts";

/**
 * Sees that somebody can be put where they are to be: departments in use, or such as they belong to already.
 * @throws AppError invalid (422) naming `departmentId` or `otherDepartmentIds`.
 */
// open: part of rules that have authorized
export async function checkDepartments(
  tx: HospitalTx,
  wanted: { readonly departmentId: string | null; readonly otherDepartmentIds: readonly string[] },
  had: readonly string[] = [],
): Promise<void> {
  const { departmentId, otherDepartmentIds } = wanted;
  if (departmentId === null && otherDepartmentIds.length > 0)
    throw invalidField("departmentId", "required", "Choose the department they belong to first of all.");
  const asked = [...(departmentId === null ? [] : [departmentId]), ...otherDepartmentIds].filter(
    (id) => !had.includes(id),
  );
  if (asked.length === 0) return;
  const found = await tx
    .select({ id: departments.id })
    .from(departments)
    .where(and(inArray(departments.id, asked), eq(departments.active, true)));
  const missing = asked.find((id) => !found.some((row) => row.id === id));
  if (missing === undefined) return;
  const field = missing === departmentId ? "departmentId" : "otherDepartmentIds";
  throw invalidField(field, "not-found", "There is no such department.");
}

/** The departments beside the primary one, as a set: no double, and not the primary one again. */
// open: pure
export function otherDepartments(departmentId: string | null, others: readonly string[]): readonly string[] {
  return [...new Set(others)].filter((id) => id !== departmentId).sort();
}

/** Makes the departments beside the primary one those that are wanted. */
// open: part of rules that have authorized
export async function keepOtherDepartments(
  tx: HospitalTx,
  userId: string,
  had: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const gone = had.filter((id) => !wanted.includes(id));
  const come = wanted.filter((id) => !had.includes(id));
  if (gone.length > 0)
    await tx
      .delete(userDepartments)
      .where(and(eq(userDepartments.userId, userId), inArray(userDepartments.departmentId, gone)));
  if (come.length > 0)
    await tx.insert(userDepartments).values(come.map((departmentId) => ({ userId, departmentId })));
}
