import { eq } from "drizzle-orm";
import { roles } from "../../db/schema/hospital/roles.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError, invalidField } from "../errors.ts";
import { type CreatedUser, createUser } from "../hospital/users/users.ts";
import { listUsers, type User, type UserListQuery } from "../hospital/users/users-list.ts";
import type { PageOf } from "../paging.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospital } from "../tenancy/system-hospital.ts";
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

export interface NewHospitalPerson {
  readonly name: string;
  readonly email: string;
  /** The role's key, such as `doctor`. */
  readonly role: string;
  readonly password?: string | undefined;
}

/**
 * Adds somebody to a hospital's staff for the owner: by the hospital's own rule, within its plan, on record on
 * both sides. @throws AppError as `createUser`; conflict (409) where the hospital is not open.
 */
export async function createTenantUser(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  asked: NewHospitalPerson,
): Promise<CreatedUser> {
  authorize(owner.actor, "tenants:users");
  const context = await insideOf(services, owner, tenantId);
  if (context.hospital.status !== "active")
    throw new AppError("conflict", "tenant.status", "People are added to a hospital that is open.");
  const { role: key, ...person } = asked;
  const [role] = await context.db.select({ id: roles.id }).from(roles).where(eq(roles.key, key));
  if (role === undefined) throw invalidField("role", "not-found", "There is no such role at this hospital.");
  const given = person.password === undefined ? {} : { password: person.password };
  const created = await createUser(context, {
    name: person.name,
    email: person.email,
    roleId: role.id,
    ...given,
  });
  await owner.write((tx) =>
    auditOwner(tx, owner, {
      event: "tenant.user-created",
      entity: "user",
      entityId: created.user.id,
      tenantId,
      details: { role: key },
    }),
  );
  return created;
}

/** The hospital as the owner's people enter it: named in the hospital's own audit. */
async function insideOf(services: Services, owner: OwnerContext, tenantId: string): Promise<HospitalContext> {
  const { hospital } = await placesOf(services, tenantId);
  if (hospital.status === "deleted" || hospital.status === "provisioning")
    throw new AppError("conflict", "tenant.status", "This hospital has no people who could be listed.");
  return { ...systemHospital(services, hospital, `owner: ${owner.actor.name}`), client: owner.client };
}
