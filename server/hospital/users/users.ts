import { and, eq, ne, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { generatePassword } from "../../auth/generate-password.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { AppError, invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimLimit } from "../../tenancy/limits.ts";
import { lockAdmins, lockRole, refuseBeyondOwn, refuseLastAdmin } from "../roles/granting.ts";
import type { ChangeUserInput, CreateUserInput } from "./users.input.ts";
import { readUser, type User } from "./users-list.ts";

const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

/** @throws AppError invalid (422) naming `departmentId`. */
async function mustBeDepartment(tx: HospitalTx, id: string | null | undefined): Promise<void> {
  if (id === undefined || id === null) return;
  const [found] = await tx
    .select({ id: departments.id })
    .from(departments)
    .where(and(eq(departments.id, id), eq(departments.active, true)));
  if (found === undefined) throw invalidField("departmentId", "not-found", "There is no such department.");
}

const taken = () => invalidField("email", "taken", "Somebody here signs in with this address already.");

/** Addresses count without capitals; two who are given one at the same moment wait for each other here. */
async function mustBeFree(tx: HospitalTx, email: string, but: string | null): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`users.email ${email}`}, 0))`);
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), but === null ? undefined : ne(users.id, but)));
  if (other !== undefined) throw taken();
}

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
  const name = tidy(input.name);
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const email = input.email.trim().toLowerCase();
  const temporaryPassword = input.password === undefined ? generatePassword() : null;
  const passwordHash = await hashPassword(input.password ?? temporaryPassword ?? "");
  const now = context.clock.now();
  const user = await context.write(async (tx) => {
    const role = await lockRole(tx, input.roleId);
    refuseBeyondOwn(context.actor, role.permissions);
    await mustBeDepartment(tx, input.departmentId);
    await mustBeFree(tx, email, null);
    await claimLimit(tx, "users");
    const [made] = await tx
      .insert(users)
      .values({
        ...{ name, email, passwordHash, roleId: role.id, mustChangePassword: true },
        departmentId: input.departmentId ?? null,
        phone: input.phone ?? null,
        ...{ createdAt: now, updatedAt: now },
      })
      .returning({ id: users.id });
    if (made === undefined) throw new Error("An inserted user came back empty.");
    await audit(tx, context, {
      event: "user.created",
      entity: "user",
      entityId: made.id,
      details: { role: role.key },
    });
    return readUser(tx, made.id);
  });
  return { user, temporaryPassword };
}

/**
 * Changes who somebody is and what they may do. Nobody changes a person who holds more than they do, nor gives more
 * than they hold; the last active administrator stays one.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `user.last-admin`; invalid (422); forbidden (403).
 */
export async function updateUser(
  context: HospitalContext,
  id: string,
  input: ChangeUserInput,
  version?: number,
): Promise<User> {
  authorize(context.actor, "users:update");
  const now = context.clock.now();
  const changed = await context.write(async (tx) => {
    await lockAdmins(tx);
    const current = await lockUser(tx, id, version);
    const before = await lockRole(tx, current.roleId);
    refuseBeyondOwn(context.actor, before.permissions);
    const values: Partial<typeof users.$inferInsert> = {};
    if (input.name !== undefined) values.name = tidy(input.name);
    if (values.name === "") throw invalidField("name", "required", "Enter this.");
    if (input.email !== undefined) values.email = input.email.trim().toLowerCase();
    if (values.email !== undefined) await mustBeFree(tx, values.email, id);
    if (input.phone !== undefined) values.phone = input.phone;
    if (input.departmentId !== current.departmentId) {
      await mustBeDepartment(tx, input.departmentId);
      if (input.departmentId !== undefined) values.departmentId = input.departmentId;
    }
    if (input.roleId !== undefined && input.roleId !== current.roleId) {
      const role = await lockRole(tx, input.roleId);
      refuseBeyondOwn(context.actor, role.permissions);
      if (before.key === adminRoleKey && current.status === "active") await refuseLastAdmin(tx, id);
      values.roleId = role.id;
    }
    const fields = Object.entries(values)
      .filter(([field, value]) => Reflect.get(current, field) !== value)
      .map(([field]) => field);
    if (fields.length === 0) return current;
    await tx
      .update(users)
      .set({ ...values, version: sql`${users.version} + 1`, updatedAt: now })
      .where(eq(users.id, id));
    await audit(tx, context, { event: "user.updated", entity: "user", entityId: id, details: { fields } });
    return readUser(tx, id);
  });
  forgetHospitalActors();
  return changed;
}

/**
 * One of the staff, held against other changes until the transaction ends.
 * @throws AppError not-found (404); precondition-failed (412) `row.changed`.
 */
// open: part of rules that have authorized
export async function lockUser(tx: HospitalTx, id: string, version?: number): Promise<User> {
  await readUser(tx, id);
  await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for("update");
  const current = await readUser(tx, id);
  if (version !== undefined && current.version !== version)
    throw new AppError(
      "precondition-failed",
      "row.changed",
      "Someone else changed this meanwhile. Look at their version, then save again.",
    );
  return current;
}
