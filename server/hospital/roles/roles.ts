import { asc, eq, sql } from "drizzle-orm";
import type { HospitalDb, HospitalTx } from "../../../db/planes.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { audit } from "../../audit/audit.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import { authorize, isHospitalPermission } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError, invalidField, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requireWholeHospital } from "../users/user-scope.ts";
import { actorNow, refuseBeyondOwn } from "./granting.ts";
import type { ChangeRoleInput, CreateRoleInput } from "./roles.input.ts";

const select = (db: HospitalDb) =>
  db
    .select({
      id: roles.id,
      key: roles.key,
      name: roles.name,
      description: roles.description,
      permissions: roles.permissions,
      scope: roles.scope,
      requiresSecondFactor: roles.requiresSecondFactor,
      builtIn: roles.builtIn,
      // Written out: of a select from one table Drizzle leaves the table names away.
      users: sql<number>`(select count(*)::int from users u where u.role_id = "roles"."id")`,
      updatedAt: roles.updatedAt,
      version: roles.version,
    })
    .from(roles);

export type Role = Awaited<ReturnType<typeof select>>[number];

const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

/** All roles of the hospital by name, with how many people have each. @throws AppError forbidden (403). */
export async function listRoles(context: HospitalContext): Promise<readonly Role[]> {
  authorize(context.actor, "roles:read");
  return select(context.db).orderBy(asc(sql`lower(${roles.name})`), asc(roles.id));
}

/** One role. @throws AppError not-found (404); forbidden (403). */
export async function getRole(context: HospitalContext, id: string): Promise<Role> {
  authorize(context.actor, "roles:read");
  return readRole(context.db, id);
}

async function readRole(db: HospitalDb, id: string): Promise<Role> {
  const [row] = isId(id) ? await select(db).where(eq(roles.id, id)) : [];
  if (row === undefined) throw notFound("role");
  return row;
}

async function lockForChange(tx: HospitalTx, id: string, version: number | undefined): Promise<Role> {
  await readRole(tx, id);
  await tx.select({ id: roles.id }).from(roles).where(eq(roles.id, id)).for("update");
  const current = await readRole(tx, id);
  if (version !== undefined && current.version !== version) throw rowChanged();
  return current;
}

/**
 * Adds a role. It holds no more than its maker does.
 * @throws AppError invalid (422); forbidden (403) `role.beyond-own`.
 */
export async function createRole(context: HospitalContext, input: CreateRoleInput): Promise<Role> {
  authorize(context.actor, "roles:edit");
  const name = tidy(input.name);
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const now = context.clock.now();
  return context.write(async (tx) => {
    const actor = await actorNow(tx, context.actor, "roles:edit");
    requireWholeHospital(actor);
    refuseBeyondOwn(actor, input.permissions);
    await refuseTaken(tx, name, null);
    const id = Bun.randomUUIDv7();
    await tx.insert(roles).values({
      ...{ id, name, key: `role-${id}`, permissions: [...input.permissions] },
      description: input.description === undefined ? null : tidy(input.description) || null,
      scope: input.scope ?? "hospital",
      requiresSecondFactor: input.requiresSecondFactor ?? false,
      ...{ createdAt: now, updatedAt: now },
    });
    await audit(tx, context, {
      event: "role.created",
      entity: "role",
      entityId: id,
      details: { permissions: input.permissions },
    });
    return readRole(tx, id);
  });
}

async function refuseTaken(tx: HospitalTx, name: string, but: string | null): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`roles.name ${name.toLowerCase()}`}, 0))`,
  );
  const [other] = await tx
    .select({ id: roles.id })
    .from(roles)
    .where(sql`lower(${roles.name}) = ${name.toLowerCase()} and ${roles.id} is distinct from ${but}::uuid`);
  if (other !== undefined) throw invalidField("name", "taken", "There is a role of that name already.");
}

/**
 * Changes a role's name and rights; it counts for everybody who has it at their next request. Nobody gives or takes
 * rights that they do not hold, and the administrator's role keeps them all.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `role.admin-whole`; invalid (422); forbidden (403),
 *   `auth.step-up-required` where it changes whether a second factor is needed.
 */
export async function updateRole(
  context: HospitalContext,
  id: string,
  input: ChangeRoleInput,
  version?: number,
): Promise<Role> {
  authorize(context.actor, "roles:edit");
  await requireProofForRule(context, id, input);
  const now = context.clock.now();
  const changed = await context.write(async (tx) => {
    const actor = await actorNow(tx, context.actor, "roles:edit");
    requireWholeHospital(actor);
    const current = await lockForChange(tx, id, version);
    const values: Partial<typeof roles.$inferInsert> = {};
    if (input.name !== undefined) {
      values.name = tidy(input.name);
      if (values.name === "") throw invalidField("name", "required", "Enter this.");
      await refuseTaken(tx, values.name, id);
    }
    if (input.description !== undefined)
      values.description = input.description === null ? null : tidy(input.description) || null;
    if (input.scope !== undefined && input.scope !== current.scope) {
      // Widening gives more than the list of rights says: it is for those who hold them all.
      refuseBeyondOwn(actor, current.permissions);
      if (current.key === adminRoleKey) throw adminWhole();
      values.scope = input.scope;
    }
    const { requiresSecondFactor } = input;
    if (requiresSecondFactor !== undefined && requiresSecondFactor !== current.requiresSecondFactor) {
      // Whoever holds less than the role may not make it easier to come in by.
      refuseBeyondOwn(actor, current.permissions);
      values.requiresSecondFactor = requiresSecondFactor;
    }
    const details: Record<string, unknown> = { fields: Object.keys(values) };
    if (input.permissions !== undefined) {
      const { given, taken } = difference(current.permissions, input.permissions);
      refuseBeyondOwn(actor, [...given, ...taken]);
      if (current.key === adminRoleKey && taken.length > 0) throw adminWhole();
      values.permissions = [...input.permissions];
      Object.assign(details, { given, taken });
    }
    await tx
      .update(roles)
      .set({ ...values, version: sql`${roles.version} + 1`, updatedAt: now })
      .where(eq(roles.id, id));
    await audit(tx, context, { event: "role.updated", entity: "role", entityId: id, details });
    return readRole(tx, id);
  });
  forgetHospitalActors();
  return changed;
}

/** What a role asks for at sign-in is changed by somebody who has just proved who they are. */
async function requireProofForRule(
  context: HospitalContext,
  id: string,
  { requiresSecondFactor }: ChangeRoleInput,
): Promise<void> {
  if (requiresSecondFactor === undefined) return;
  const role = await readRole(context.db, id);
  if (role.requiresSecondFactor !== requiresSecondFactor)
    await requireStepUp(context, "second-factor.policy");
}

const adminWhole = () =>
  new AppError(
    "conflict",
    "role.admin-whole",
    "The administrator's role keeps all rights, so that the hospital can't lock itself out.",
  );

/**
 * Adds a role that does what another does, under a name of its own.
 * @throws AppError not-found (404); invalid (422); forbidden (403) `role.beyond-own`.
 */
export async function copyRole(context: HospitalContext, id: string, name: string): Promise<Role> {
  authorize(context.actor, "roles:edit");
  const { description, permissions, scope, requiresSecondFactor } = await readRole(context.db, id);
  const known = permissions.filter(isHospitalPermission);
  return createRole(context, {
    name,
    permissions: known,
    scope,
    requiresSecondFactor,
    ...(description === null ? {} : { description }),
  });
}

function difference(before: readonly string[], after: readonly string[]) {
  return {
    given: after.filter((permission) => !before.includes(permission)),
    taken: before.filter((permission) => !after.includes(permission)),
  };
}

/**
 * Removes a role of the hospital's own that nobody has.
 * @throws AppError not-found (404); conflict (409) `role.built-in`, `role.in-use`; forbidden (403).
 */
export async function deleteRole(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "roles:edit");
  await context.write(async (tx) => {
    const actor = await actorNow(tx, context.actor, "roles:edit");
    requireWholeHospital(actor);
    const role = await lockForChange(tx, id, undefined);
    refuseBeyondOwn(actor, role.permissions);
    if (role.builtIn)
      throw new AppError("conflict", "role.built-in", "A standard role can be changed, but not removed.");
    if (role.users > 0)
      throw new AppError("conflict", "role.in-use", "People have this role. Give them another one first.");
    await tx.delete(roles).where(eq(roles.id, id));
    await audit(tx, context, { event: "role.deleted", entity: "role", entityId: id });
  });
}
