import { eq } from "drizzle-orm";
import { roles } from "../../db/schema/hospital/roles.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { adminRoleKey } from "../auth/seed-roles.ts";
import { requireStepUp } from "../auth/step-up.ts";
import { AppError, invalidField } from "../errors.ts";
import { inviteUser } from "../hospital/users/invitations.ts";
import { resetUserPassword, setUserStatus, type UserStatus } from "../hospital/users/user-status.ts";
import { type CreatedUser, createUser, updateUser } from "../hospital/users/users.ts";
import { getUser, listUsers, type User, type UserListQuery } from "../hospital/users/users-list.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { PageOf } from "../paging.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospital } from "../tenancy/system-hospital.ts";
import { requireHostedHere } from "./ask-on-site.ts";
import { placesOf } from "./tenant-places.ts";

export type HospitalPerson = User;

/** Who can sign in to a hospital's portal. @throws AppError not-found (404), unavailable (503) where its database is away. */
export async function listTenantUsers(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  query: UserListQuery = {},
): Promise<PageOf<HospitalPerson>> {
  authorize(owner.actor, "tenants:users");
  return listUsers(await insideOf(services, owner, tenantId), query);
}

/** One of a hospital's people. @throws AppError not-found (404), unavailable (503). */
export async function getTenantUser(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  userId: string,
): Promise<HospitalPerson> {
  authorize(owner.actor, "tenants:users");
  return getUser(await insideOf(services, owner, tenantId), userId);
}

/** The roles of a hospital, by name. @throws AppError not-found (404), unavailable (503). */
export async function listTenantRoles(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<readonly { readonly id: string; readonly key: string; readonly name: string }[]> {
  authorize(owner.actor, "tenants:users");
  const { db } = await insideOf(services, owner, tenantId);
  return db.select({ id: roles.id, key: roles.key, name: roles.name }).from(roles).orderBy(roles.name);
}

export interface NewHospitalPerson {
  readonly name: string;
  readonly email: string;
  /** The role's key, such as `doctor`. */
  readonly role: string;
  readonly password?: string | undefined;
  /** By mail, instead of a password. */
  readonly invite?: boolean | undefined;
}

/**
 * Adds somebody to a hospital's staff for the owner, or invites them: by the hospital's own rule, within its plan, on
 * record on both sides. Making an administrator needs a fresh proof of the operator.
 * @throws AppError as `createUser`; conflict (409) where the hospital is not open.
 */
export async function createTenantUser(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  asked: NewHospitalPerson,
): Promise<CreatedUser> {
  authorize(owner.actor, "tenants:users");
  if (asked.role === adminRoleKey) await requireStepUp(owner, "role.grant-admin");
  const context = await openInsideOf(services, owner, tenantId);
  const { role: key, password, invite, name, email } = asked;
  const roleId = await roleOf(context, key);
  const created =
    invite === true
      ? { user: await inviteUser(context, { name, email, roleId }), temporaryPassword: null }
      : await createUser(context, { name, email, roleId, ...(password === undefined ? {} : { password }) });
  const event = invite === true ? "tenant.user-invited" : "tenant.user-created";
  await note(owner, tenantId, created.user.id, event, { role: key });
  return created;
}

async function roleOf(context: HospitalContext, key: string): Promise<string> {
  const [role] = await context.db.select({ id: roles.id }).from(roles).where(eq(roles.key, key));
  if (role === undefined) throw invalidField("role", "not-found", "There is no such role at this hospital.");
  return role.id;
}

/**
 * Suspends one of a hospital's people, ends their access, or lets them in again.
 * @throws AppError not-found (404); conflict (409) `user.last-admin`, `user.invited`, `tenant.status`.
 */
export async function setTenantUserStatus(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  userId: string,
  status: UserStatus,
): Promise<HospitalPerson> {
  authorize(owner.actor, "tenants:users");
  const user = await setUserStatus(await openInsideOf(services, owner, tenantId), userId, status);
  await note(owner, tenantId, userId, "tenant.user-status", { status });
  return user;
}

/** Gives one of a hospital's people another role, by its key. @throws AppError not-found (404); conflict (409); invalid (422) naming `role`. */
export async function setTenantUserRole(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  userId: string,
  key: string,
): Promise<HospitalPerson> {
  authorize(owner.actor, "tenants:users");
  if (key === adminRoleKey) await requireStepUp(owner, "role.grant-admin");
  const context = await openInsideOf(services, owner, tenantId);
  const user = await updateUser(context, userId, { roleId: await roleOf(context, key) });
  await note(owner, tenantId, userId, "tenant.user-role", { role: key });
  return user;
}

/** Gives one of a hospital's people a password to be told once. @throws AppError not-found (404); conflict (409). */
export async function resetTenantUserPassword(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  userId: string,
): Promise<{ readonly user: HospitalPerson; readonly temporaryPassword: string }> {
  authorize(owner.actor, "tenants:users");
  const reset = await resetUserPassword(await openInsideOf(services, owner, tenantId), userId);
  await note(owner, tenantId, userId, "tenant.user-password-reset", {});
  return reset;
}

function note(
  owner: OwnerContext,
  tenantId: string,
  userId: string,
  event: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return owner.write((tx) =>
    auditOwner(tx, owner, { event, entity: "user", entityId: userId, tenantId, details }),
  );
}

async function openInsideOf(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
): Promise<HospitalContext> {
  const context = await insideOf(services, owner, tenantId);
  await requireHostedHere(services, tenantId);
  if (context.hospital.status !== "active")
    throw new AppError("conflict", "tenant.status", "People are looked after at a hospital that is open.");
  return context;
}

/** The hospital as the owner's people enter it: named in the hospital's own audit. */
async function insideOf(services: Services, owner: OwnerContext, tenantId: string): Promise<HospitalContext> {
  requireTenant(owner.actor, tenantId);
  const { hospital } = await placesOf(services, tenantId);
  if (hospital.status === "deleted" || hospital.status === "provisioning")
    throw new AppError("conflict", "tenant.status", "This hospital has no people who could be listed.");
  return { ...systemHospital(services, hospital, `owner: ${owner.actor.name}`), client: owner.client };
}
