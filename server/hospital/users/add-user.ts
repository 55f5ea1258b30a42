import { and, eq, ne, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import type { HospitalActor } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimLimit } from "../../tenancy/limits.ts";
import { lockRole, refuseBeyondOwn } from "../roles/granting.ts";
import { checkDepartments, keepOtherDepartments, otherDepartments } from "./user-departments.ts";
import { refuseBeyondScope, refuseLimitedAdmin } from "./user-scope.ts";
import type { InviteUserInput } from "./users.input.ts";
import { readUser, type User } from "./users-list.ts";

export const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

/** Addresses count without capitals; two who are given one at the same moment wait for each other here. @throws AppError invalid (422) naming `email`. */
// open: part of rules that have authorized
export async function mustBeFree(tx: HospitalTx, email: string, but: string | null): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`users.email ${email}`}, 0))`);
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), but === null ? undefined : ne(users.id, but)));
  if (other !== undefined)
    throw invalidField("email", "taken", "Somebody here signs in with this address already.");
}

/**
 * Adds one to the staff inside a rule's own transaction: with a role that gives no more than `actor` holds now, in
 * departments that `actor` reaches, counted against the plan.
 * @throws AppError invalid (422) naming fields; payment-required (402) `limit.users`; forbidden (403).
 */
// open: part of rules that have authorized
export async function addUser(
  tx: HospitalTx,
  context: HospitalContext,
  actor: HospitalActor,
  input: InviteUserInput,
  account: { readonly passwordHash: string; readonly invited: boolean },
): Promise<User> {
  const name = tidy(input.name);
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const email = input.email.trim().toLowerCase();
  const now = context.clock.now();
  const role = await lockRole(tx, input.roleId);
  refuseBeyondOwn(actor, role.permissions);
  const departmentId = input.departmentId ?? null;
  const otherDepartmentIds = otherDepartments(departmentId, input.otherDepartmentIds ?? []);
  const scope = input.scope ?? "hospital";
  refuseLimitedAdmin(role.key, scope);
  await checkDepartments(tx, { departmentId, otherDepartmentIds });
  refuseBeyondScope(actor, { departmentId, otherDepartmentIds, scope, roleScope: role.scope });
  await mustBeFree(tx, email, null);
  await claimLimit(tx, "users");
  const [made] = await tx
    .insert(users)
    .values({
      ...{ name, email, roleId: role.id, departmentId, scope },
      passwordHash: account.passwordHash,
      status: account.invited ? "invited" : "active",
      mustChangePassword: !account.invited,
      phone: input.phone ?? null,
      ...{ createdAt: now, updatedAt: now },
    })
    .returning({ id: users.id });
  if (made === undefined) throw new Error("An inserted user came back empty.");
  await keepOtherDepartments(tx, made.id, [], otherDepartmentIds);
  await audit(tx, context, {
    event: account.invited ? "user.invited" : "user.created",
    entity: "user",
    entityId: made.id,
    details: { role: role.key },
  });
  return readUser(tx, made.id);
}
