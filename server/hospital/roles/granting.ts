import { and, eq, ne, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { departmentsOf, departmentsOfUser } from "../../auth/department-scope.ts";
import {
  type HospitalActor,
  type HospitalPermission,
  permissionMissing,
  type UserActor,
} from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { AppError, invalidField } from "../../errors.ts";

/**
 * Who acts, with the rights that they have in this very transaction: what a request began with may have been taken
 * from them by another at the same moment. After `lockAdmins`.
 * @throws AppError forbidden (403) where they no longer may.
 */
// open: part of rules that have authorized
export async function actorNow(
  tx: HospitalTx,
  actor: HospitalActor,
  permission: HospitalPermission,
): Promise<HospitalActor> {
  if (actor.kind !== "user") return actor;
  const rights = await rightsNow(tx, actor.userId);
  if (rights === null || !rights.permissions.has(permission)) throw permissionMissing(permission);
  return { ...actor, ...rights };
}

/** What somebody of the staff holds now; null where they may not come in. */
// open: part of rules that have authorized
export async function rightsNow(
  tx: HospitalTx,
  userId: string,
): Promise<Pick<UserActor, "permissions" | "departments"> | null> {
  const [row] = await tx
    .select({ user: users, role: roles, departments: departmentsOfUser })
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(and(eq(users.id, userId), eq(users.status, "active")));
  return row === undefined
    ? null
    : { permissions: new Set(row.role.permissions), departments: departmentsOf(row) };
}

/** Nobody hands out what they do not hold. @throws AppError forbidden (403) `role.beyond-own`. */
export function refuseBeyondOwn(actor: HospitalActor, permissions: readonly string[]): void {
  if (actor.kind === "system") return;
  const beyond = permissions.filter((permission) => !actor.permissions.has(permission));
  if (beyond.length > 0)
    throw new AppError(
      "forbidden",
      "role.beyond-own",
      "You can't give or take away rights that you do not hold yourself.",
      { details: { permissions: beyond } },
    );
}

/** A role as it stands now, held against changes until the transaction ends. @throws AppError invalid (422) naming `roleId`. */
// open: part of rules that have authorized
export async function lockRole(tx: HospitalTx, roleId: string): Promise<typeof roles.$inferSelect> {
  const [role] = await tx.select().from(roles).where(eq(roles.id, roleId)).for("share");
  if (role === undefined) throw invalidField("roleId", "not-found", "There is no such role.");
  return role;
}

/**
 * Holds the set of administrators still until the transaction ends, so that two who are removed at the same time
 * can't each take the other for the one who stays.
 */
// open: part of rules that have authorized
export async function lockAdmins(tx: HospitalTx): Promise<void> {
  await tx.select({ id: roles.id }).from(roles).where(eq(roles.key, adminRoleKey)).for("no key update");
}

/**
 * After `lockAdmins`, before a person stops being an active administrator; the database refuses it too
 * (`users_keep_an_admin`).
 * @throws AppError conflict (409) `user.last-admin`.
 */
// open: part of rules that have authorized
export async function refuseLastAdmin(tx: HospitalTx, userId: string): Promise<void> {
  const [others] = await tx
    .select({ admins: sql<number>`count(*)::int` })
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(and(eq(roles.key, adminRoleKey), eq(users.status, "active"), ne(users.id, userId)));
  if ((others?.admins ?? 0) === 0)
    throw new AppError(
      "conflict",
      "user.last-admin",
      "This is the hospital's last active administrator. Make somebody else one first.",
    );
}
