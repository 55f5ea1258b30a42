import { eq } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import { departments } from "../../db/schema/hospital/departments.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import {
  entitlement,
  hospitalSettings,
  limitedResources,
  limits,
} from "../../db/schema/hospital/settings.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { audit } from "../audit/audit.ts";
import { hashPassword } from "../auth/passwords.ts";
import { adminRoleKey, seedDepartments, seedRoles } from "../auth/seed-roles.ts";
import { AppError } from "../errors.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { claimLimit } from "../tenancy/limits.ts";
import type { Making } from "./provision-steps.ts";

/**
 * The hospital's own facts and what its plan allows.
 * @throws AppError conflict where the database turns out to be another hospital's.
 */
// open: a step of provisioning, which has authorized
export async function seedSettings({ pool, tenant, plan }: Making): Promise<void> {
  await pool.transaction(async (tx) => {
    await tx
      .insert(hospitalSettings)
      .values({
        tenantId: tenant.id,
        name: tenant.companyName,
        timeZone: tenant.timeZone,
        currency: tenant.currency,
        language: tenant.language,
        contactEmail: tenant.contactEmail,
      })
      .onConflictDoNothing();
    const [settings] = await tx.select({ tenantId: hospitalSettings.tenantId }).from(hospitalSettings);
    if (settings?.tenantId !== tenant.id)
      throw new AppError(
        "conflict",
        "database.foreign",
        "The database of that name belongs to another hospital.",
      );
    await tx
      .insert(entitlement)
      .values({
        planKey: plan.key,
        subscriptionStatus: plan.trialDays > 0 ? "trial" : "active",
        features: plan.features,
        apiCallsPerDay: plan.limits.apiCallsPerDay,
      })
      .onConflictDoNothing();
    await tx
      .insert(limits)
      .values(limitedResources.map((resource) => ({ resource, allowed: plan.limits[resource] })))
      .onConflictDoNothing();
  });
}

/** The ten standard roles, the receptionist's, and the twelve departments. */
// open: a step of provisioning, which has authorized
export async function seedRolesAndDepartments({ pool }: Making): Promise<void> {
  await pool.transaction(async (tx) => {
    await tx
      .insert(roles)
      .values(seedRoles.map((role) => ({ ...role, permissions: [...role.permissions], builtIn: true })))
      .onConflictDoNothing({ target: roles.key });
    await tx
      .insert(departments)
      .values([...seedDepartments])
      .onConflictDoNothing({ target: departments.key });
  });
}

/** The first person who can sign in. A password that was made here has to be changed at the first sign-in. */
// open: a step of provisioning, which has authorized
export async function seedFirstAdmin({ pool, hospital, input, services }: Making): Promise<void> {
  const { name, email, sealedPassword, generated } = input.firstAdmin;
  if (sealedPassword === null) return;
  const passwordHash = await hashPassword(services.keyring.unseal(sealedPassword));
  await pool.transaction((tx) =>
    seedUser(
      tx,
      { hospital, clock: services.clock },
      {
        name,
        email,
        passwordHash,
        roleKey: adminRoleKey,
        departmentKey: "administration",
        mustChangePassword: generated,
      },
    ),
  );
}

export interface SeedUser {
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly roleKey: string;
  readonly departmentKey: string;
  readonly mustChangePassword: boolean;
}

/** Adds a person who is not there yet, counted against the plan; one who is there is left as they are. */
// open: a step of provisioning, which has authorized
export async function seedUser(
  tx: HospitalTx,
  { hospital, clock }: Pick<HospitalContext, "hospital" | "clock">,
  person: SeedUser,
): Promise<void> {
  const now = clock.now();
  const { roleKey, departmentKey, ...facts } = person;
  const [role] = await tx.select({ id: roles.id }).from(roles).where(eq(roles.key, roleKey));
  const [department] = await tx
    .select({ id: departments.id })
    .from(departments)
    .where(eq(departments.key, departmentKey));
  if (role === undefined) throw new Error(`There is no role ${roleKey}.`);
  const [made] = await tx
    .insert(users)
    .values({
      ...facts,
      roleId: role.id,
      departmentId: department?.id ?? null,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (made === undefined) return;
  await claimLimit(tx, "users");
  const client = { requestId: Bun.randomUUIDv7(), address: null, userAgent: null };
  await audit(
    tx,
    { hospital, clock, client, actor: { kind: "system", name: "provisioning" } },
    { event: "user.created", entity: "user", entityId: made.id, details: { role: roleKey } },
  );
}
