import { asc, eq, sql } from "drizzle-orm";
import { roles } from "../../db/schema/hospital/roles.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { authorize } from "../auth/permissions.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { poolOf } from "./tenant-places.ts";

/** A person of a hospital's staff as the owner sees them. */
export interface HospitalPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roleKey: string;
  readonly roleName: string;
  readonly status: "active" | "suspended" | "deactivated";
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
}

/**
 * Who can sign in to a hospital's portal, by name. @throws AppError not-found (404); the driver's error where the
 * hospital's database is away.
 */
export async function listTenantUsers(
  services: Services,
  owner: OwnerContext,
  tenantId: string,
  limit = 100,
): Promise<readonly HospitalPerson[]> {
  authorize(owner.actor, "tenants:users");
  const pool = await poolOf(services, tenantId);
  return pool.db
    .select({
      id: users.id,
      name: users.name,
      email: users.email,
      roleKey: roles.key,
      roleName: roles.name,
      status: users.status,
      lastSignInAt: users.lastSignInAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .innerJoin(roles, eq(roles.id, users.roleId))
    .orderBy(asc(sql`lower(${users.name})`), asc(users.id))
    .limit(limit);
}
