import { and, eq, inArray } from "drizzle-orm";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/**
 * Making somebody an administrator needs a fresh proof of who does it.
 * @throws AppError forbidden (403) `auth.step-up-required`.
 */
// open: a question that follows authorize
export async function requireProofForAdmin(
  context: HospitalContext,
  roleIds: readonly string[],
): Promise<void> {
  if (roleIds.length === 0) return;
  const [admin] = await context.db
    .select({ id: roles.id })
    .from(roles)
    .where(and(inArray(roles.id, [...roleIds]), eq(roles.key, adminRoleKey)));
  if (admin !== undefined) await requireStepUp(context, "role.grant-admin");
}
