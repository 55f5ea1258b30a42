import { type SQL, sql } from "drizzle-orm";
import type { roles } from "../../db/schema/hospital/roles.ts";
import type { users } from "../../db/schema/hospital/users.ts";

/** A column for a statement that reads a user: the departments they belong to beside the primary one. */
export const departmentsOfUser: SQL<string[]> = sql<
  string[]
>`array(select d.department_id::text from user_departments d where d.user_id = "users"."id" order by 1)`;

interface Found {
  readonly user: Pick<typeof users.$inferSelect, "scope" | "departmentId">;
  readonly role: Pick<typeof roles.$inferSelect, "scope">;
  readonly departments: readonly string[];
}

/** The departments that somebody's rights are limited to; null where neither the role nor the person is limited. */
export function departmentsOf({ user, role, departments }: Found): readonly string[] | null {
  if (user.scope === "hospital" && role.scope === "hospital") return null;
  return user.departmentId === null ? departments : [...new Set([user.departmentId, ...departments])];
}
