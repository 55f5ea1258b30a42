import { eq, sql } from "drizzle-orm";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { hospitalCredentials } from "../../auth/credentials.ts";
import { generatePassword } from "../../auth/generate-password.ts";
import { forgetHospitalActors, hospitalSessionTables } from "../../auth/hospital-actor.ts";
import { writePassword } from "../../auth/password-change.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { endSessionsOf } from "../../auth/sessions.ts";
import { AppError, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { claimLimit, releaseLimit } from "../../tenancy/limits.ts";
import { refuseLastAdmin } from "../roles/granting.ts";
import { lockToAdminister } from "./users.ts";
import { readUser, type User } from "./users-list.ts";

/** The states that somebody is put into; `invited` is left by accepting alone. */
export const settableStatuses = ["active", "suspended", "deactivated"] as const;
export type UserStatus = (typeof settableStatuses)[number];

const eventOf: Readonly<Record<UserStatus, string>> = {
  active: "user.activated",
  suspended: "user.suspended",
  deactivated: "user.deactivated",
};

const again = { version: sql`${users.version} + 1` };

/**
 * Suspends somebody, lets them in again, or ends their work here. Whoever is not active is out at once: sessions and
 * tokens end with this. A deactivated person's place in the plan is free.
 * @throws AppError not-found (404); conflict (409) `user.own-status`, `user.last-admin`; payment-required (402); forbidden (403).
 */
export async function setUserStatus(
  context: HospitalContext,
  id: string,
  status: UserStatus,
  version?: number,
): Promise<User> {
  authorize(context.actor, "users:suspend");
  if (context.actor.kind === "user" && context.actor.userId === id)
    throw new AppError("conflict", "user.own-status", "You can't suspend or end your own account.");
  const now = context.clock.now();
  const changed = await context.write(async (tx) => {
    const { current, role } = await lockToAdminister(tx, context, "users:suspend", id, version);
    if (current.status === status) return current;
    refuseInvited(current);
    if (status !== "active") {
      if (role.key === adminRoleKey && current.status === "active") await refuseLastAdmin(tx, id);
      await endSessionsOf(tx, hospitalSessionTables, id, now);
    }
    if (status === "deactivated") await releaseLimit(tx, "users");
    if (current.status === "deactivated") await claimLimit(tx, "users");
    await tx
      .update(users)
      .set({ status, updatedAt: now, ...again })
      .where(eq(users.id, id));
    await audit(tx, context, { event: eventOf[status], entity: "user", entityId: id });
    return readUser(tx, id);
  });
  forgetHospitalActors();
  return changed;
}

function refuseInvited({ status }: User): void {
  if (status === "invited")
    throw new AppError("conflict", "user.invited", "They have not accepted their invitation yet.");
}

/**
 * Gives somebody a password to be told once and changed at the next sign-in; the one they had is remembered, and
 * their sessions end.
 * @throws AppError not-found (404); forbidden (403) where they hold more than who asks.
 */
export async function resetUserPassword(
  context: HospitalContext,
  id: string,
): Promise<{ readonly user: User; readonly temporaryPassword: string }> {
  authorize(context.actor, "users:update");
  const temporaryPassword = generatePassword();
  const passwordHash = await hashPassword(temporaryPassword);
  const now = context.clock.now();
  const user = await context.write(async (tx) => {
    const { current } = await lockToAdminister(tx, context, "users:update", id);
    refuseInvited(current);
    const credentials = hospitalCredentials(context);
    const person = await credentials.readById(tx, id);
    if (person === null) throw notFound("user");
    const given = { hash: passwordHash, mustChange: true, now };
    await writePassword(tx, { tables: hospitalSessionTables, credentials }, person, given);
    await audit(tx, context, { event: "user.password-reset", entity: "user", entityId: id });
    return readUser(tx, id);
  });
  forgetHospitalActors();
  return { user, temporaryPassword };
}
