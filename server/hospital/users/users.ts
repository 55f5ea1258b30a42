import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { newLink } from "../../auth/credential-links.ts";
import { generatePassword } from "../../auth/generate-password.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize, type HospitalActor } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { invalidField, rowChanged } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { actorNow, lockAdmins, lockRole, refuseBeyondOwn, refuseLastAdmin } from "../roles/granting.ts";
import { addUser, mustBeFree, tidy } from "./add-user.ts";
import { requireProofForAdmin } from "./admin-grant.ts";
import { confirmNewEmail } from "./new-email.ts";
import { hashOwnPassword } from "./own-password.ts";
import { checkDepartments, keepOtherDepartments, otherDepartments } from "./user-departments.ts";
import { refuseBeyondScope, refuseLimitedAdmin, requireInScope } from "./user-scope.ts";
import type { ChangeUserInput, CreateUserInput } from "./users.input.ts";
import { readUser, type User } from "./users-list.ts";

export interface CreatedUser {
  readonly user: User;
  /** Told this once; it has to be changed at the first sign-in. Null where a password was given. */
  readonly temporaryPassword: string | null;
}

/**
 * Adds somebody to the staff, with a role that gives no more than its giver holds. Without a password one is made.
 * Either has to be changed at the first sign-in.
 * @throws AppError invalid (422) naming fields; payment-required (402) `limit.users`; forbidden (403).
 */
export async function createUser(context: HospitalContext, input: CreateUserInput): Promise<CreatedUser> {
  authorize(context.actor, "users:create");
  await requireProofForAdmin(context, [input.roleId]);
  const temporaryPassword = input.password === undefined ? generatePassword() : null;
  const passwordHash =
    input.password === undefined
      ? await hashPassword(temporaryPassword ?? "")
      : await hashOwnPassword(context, input, input.password);
  const user = await context.write(async (tx) => {
    const actor = await actorNow(tx, context.actor, "users:create");
    return addUser(tx, context, actor, input, { passwordHash, invited: false });
  });
  return { user, temporaryPassword };
}

/**
 * Changes who somebody is, where they belong and what they may do. Nobody changes a person who holds more than they
 * do, nor gives more than they hold; the last active administrator stays one.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `user.last-admin`; invalid (422); forbidden (403).
 */
export async function updateUser(
  context: HospitalContext,
  id: string,
  input: ChangeUserInput,
  version?: number,
): Promise<User> {
  authorize(context.actor, "users:update");
  if (input.roleId !== undefined && input.roleId !== (await getRoleOf(context, id)))
    await requireProofForAdmin(context, [input.roleId]);
  const now = context.clock.now();
  const link = input.email === undefined ? null : await newLink();
  const changed = await context.write(async (tx) => {
    const { actor, current, role } = await lockToAdminister(tx, context, "users:update", id, version);
    const values: Partial<typeof users.$inferInsert> = {};
    if (input.name !== undefined) values.name = tidy(input.name);
    if (values.name === "") throw invalidField("name", "required", "Enter this.");
    if (input.email !== undefined) values.email = input.email.trim().toLowerCase();
    if (values.email !== undefined) await mustBeFree(tx, values.email, id);
    if (input.phone !== undefined) values.phone = input.phone;
    if (input.departmentId !== undefined) values.departmentId = input.departmentId;
    if (input.scope !== undefined) values.scope = input.scope;
    let { key: roleKey, scope: roleScope } = role;
    if (input.roleId !== undefined && input.roleId !== current.roleId) {
      const given = await lockRole(tx, input.roleId);
      refuseBeyondOwn(actor, given.permissions);
      if (role.key === adminRoleKey && current.status === "active") await refuseLastAdmin(tx, id);
      values.roleId = given.id;
      ({ key: roleKey, scope: roleScope } = given);
    }
    const departmentId = input.departmentId === undefined ? current.departmentId : input.departmentId;
    const others = otherDepartments(departmentId, input.otherDepartmentIds ?? current.otherDepartmentIds);
    await checkDepartments(tx, { departmentId, otherDepartmentIds: others }, departmentsOf(current));
    const scope = input.scope ?? current.scope;
    refuseLimitedAdmin(roleKey, scope);
    refuseBeyondScope(actor, { departmentId, otherDepartmentIds: others, scope, roleScope });
    const fields = Object.entries(values)
      .filter(([field, value]) => Reflect.get(current, field) !== value)
      .map(([field]) => field);
    if (others.join() !== current.otherDepartmentIds.join()) fields.push("otherDepartmentIds");
    if (fields.length === 0) return current;
    await tx
      .update(users)
      .set({ ...values, version: sql`${users.version} + 1`, updatedAt: now })
      .where(eq(users.id, id));
    await keepOtherDepartments(tx, id, current.otherDepartmentIds, others);
    if (link !== null && values.email !== undefined && values.email !== current.email)
      await confirmNewEmail(tx, context, id, link);
    await audit(tx, context, { event: "user.updated", entity: "user", entityId: id, details: { fields } });
    return readUser(tx, id);
  });
  forgetHospitalActors();
  return changed;
}

async function getRoleOf(context: HospitalContext, id: string): Promise<string> {
  return (await readUser(context.db, id)).roleId;
}

const departmentsOf = ({ departmentId, otherDepartmentIds }: User): readonly string[] =>
  departmentId === null ? otherDepartmentIds : [departmentId, ...otherDepartmentIds];

/**
 * One of the staff, held against other changes until the transaction ends.
 * @throws AppError not-found (404); precondition-failed (412) `row.changed`.
 */
// open: part of rules that have authorized
export async function lockUser(tx: HospitalTx, id: string, version?: number): Promise<User> {
  await readUser(tx, id);
  await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for("update");
  const current = await readUser(tx, id);
  if (version !== undefined && current.version !== version) throw rowChanged();
  return current;
}

/**
 * One of the staff, held for whoever administers them: nobody who holds more than `actor` does now, or belongs
 * where `actor` has no say.
 * @throws AppError not-found (404); precondition-failed (412); forbidden (403) `role.beyond-own`, `user.beyond-scope`.
 */
// open: part of rules that have authorized
export async function lockToAdminister(
  tx: HospitalTx,
  context: HospitalContext,
  permission: "users:create" | "users:update" | "users:suspend",
  id: string,
  version?: number,
): Promise<{
  readonly actor: HospitalActor;
  readonly current: User;
  readonly role: Awaited<ReturnType<typeof lockRole>>;
}> {
  await lockAdmins(tx);
  const actor = await actorNow(tx, context.actor, permission);
  const current = await lockUser(tx, id, version);
  requireInScope(actor, current);
  const role = await lockRole(tx, current.roleId);
  refuseBeyondOwn(actor, role.permissions);
  refuseBeyondScope(actor, current);
  return { actor, current, role };
}
