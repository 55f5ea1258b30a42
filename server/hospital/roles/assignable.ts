import { asc, sql } from "drizzle-orm";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

export interface AssignableRole {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Whether who asks holds all that it gives, and so may give it. */
  readonly mine: boolean;
}

/** The roles by name, for a form that gives one to somebody. @throws AppError forbidden (403). */
export async function listAssignableRoles(context: HospitalContext): Promise<readonly AssignableRole[]> {
  authorize(context.actor, "users:read");
  const rows = await context.db
    .select({ id: roles.id, key: roles.key, name: roles.name, permissions: roles.permissions })
    .from(roles)
    .orderBy(asc(sql`lower(${roles.name})`));
  const { actor } = context;
  return rows.map(({ permissions, ...role }) => ({
    ...role,
    mine: actor.kind === "system" || permissions.every((permission) => actor.permissions.has(permission)),
  }));
}
