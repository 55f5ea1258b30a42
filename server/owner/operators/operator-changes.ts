import { and, eq, inArray, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { operators, operatorTenants } from "../../../db/schema/control/operators.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { ownerCredentials } from "../../auth/credentials.ts";
import { generatePassword } from "../../auth/generate-password.ts";
import { forgetOwnerActors, ownerSessionTables } from "../../auth/owner-actor.ts";
import { writePassword } from "../../auth/password-change.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize, type OperatorRole, permissionMissing } from "../../auth/permissions.ts";
import { endSessionsOf } from "../../auth/sessions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import {
  lockOperator,
  type OperatorSummary,
  readOperator,
  refuseLastSuperAdmin,
  refusingTaken,
  tidyOperator,
} from "./operators.ts";

export interface OperatorChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: OperatorRole | undefined;
}

const isSelf = ({ actor }: OwnerContext, id: string) => actor.kind === "operator" && actor.operatorId === id;

/**
 * The rights of who asks as they stand in this very transaction: of two super-admins who demote each other at the
 * same moment, the second has lost theirs. @throws AppError forbidden (403).
 */
// open: part of rules that have authorized
export async function stillMay(tx: ControlTx, { actor }: OwnerContext): Promise<void> {
  if (actor.kind !== "operator") return;
  const [row] = await tx
    .select({ role: operators.role, status: operators.status })
    .from(operators)
    .where(eq(operators.id, actor.operatorId));
  if (row?.status !== "active" || row.role !== "super-admin") throw permissionMissing("operators:edit");
}

/**
 * Changes who an operator is and what they may do, from their next request on. Nobody changes their own role; the
 * last active super-admin stays one, and another is made only by a fresh proof of who does it.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `operator.own-role`,
 *   `operator.last-super-admin`, `operator.duplicate-email`; invalid (422); forbidden (403).
 */
export async function updateOperator(
  context: OwnerContext,
  id: string,
  changes: OperatorChanges,
  version?: number,
): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  if (changes.role === "super-admin" && (await readOperator(context.db, id)).role !== "super-admin")
    await requireStepUp(context, "role.grant-admin");
  const changed = await refusingTaken(() =>
    context.write(async (tx) => {
      const current = await lockOperator(tx, id, version);
      await stillMay(tx, context);
      const wanted = tidyOperator({
        name: changes.name ?? current.name,
        email: changes.email ?? current.email,
        role: changes.role ?? current.role,
      });
      if (wanted.role !== current.role) {
        if (wanted.role !== "super-admin") await refuseLastSuperAdmin(tx, current);
        if (isSelf(context, id))
          throw new AppError("conflict", "operator.own-role", "You can't change your own role.");
      }
      const fields = (["name", "email", "role"] as const).filter((field) => wanted[field] !== current[field]);
      if (fields.length === 0) return current;
      await tx
        .update(operators)
        .set({ ...wanted, ...touched(context) })
        .where(eq(operators.id, id));
      await auditOwner(tx, context, {
        event: "operator.updated",
        entity: "operator",
        entityId: id,
        details: { fields, ...(fields.includes("role") ? { from: current.role, to: wanted.role } : {}) },
      });
      return readOperator(tx, id);
    }),
  );
  forgetOwnerActors();
  return changed;
}

const touched = ({ clock }: OwnerContext) => ({
  updatedAt: clock.now(),
  version: sql`${operators.version} + 1`,
});

/**
 * Suspends an operator, or lets them in again. Whoever is suspended is out at once, tokens included.
 * @throws AppError not-found (404); conflict (409) `operator.own-status`, `operator.last-super-admin`, `operator.invited`.
 */
export async function setOperatorStatus(
  context: OwnerContext,
  id: string,
  status: "active" | "suspended",
  version?: number,
): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  const changed = await context.write(async (tx) => {
    const current = await lockOperator(tx, id, version);
    await stillMay(tx, context);
    if (current.status === status) return current;
    if (status === "suspended") await refuseLastSuperAdmin(tx, current);
    if (isSelf(context, id))
      throw new AppError("conflict", "operator.own-status", "You can't suspend your own account.");
    if (current.status === "invited")
      throw new AppError("conflict", "operator.invited", "They have not accepted their invitation yet.");
    if (status === "suspended") await endSessionsOf(tx, ownerSessionTables, id, context.clock.now());
    await tx
      .update(operators)
      .set({ status, ...touched(context) })
      .where(eq(operators.id, id));
    await auditOwner(tx, context, {
      event: status === "active" ? "operator.activated" : "operator.suspended",
      entity: "operator",
      entityId: id,
    });
    return readOperator(tx, id);
  });
  forgetOwnerActors();
  return changed;
}

/** Gives an operator a password to be told once and changed at the next sign-in; the former is remembered, their sessions end. */
export async function resetOperatorPassword(
  context: OwnerContext,
  id: string,
): Promise<{ readonly operator: OperatorSummary; readonly temporaryPassword: string }> {
  authorize(context.actor, "operators:edit");
  const temporaryPassword = generatePassword();
  const passwordHash = await hashPassword(temporaryPassword);
  const operator = await context.write(async (tx) => {
    const current = await lockOperator(tx, id);
    await stillMay(tx, context);
    if (current.status === "invited")
      throw new AppError("conflict", "operator.invited", "They have not accepted their invitation yet.");
    const credentials = ownerCredentials(context);
    const person = await credentials.readById(tx, id);
    if (person === null) throw notFound("operator");
    const given = { hash: passwordHash, mustChange: true, now: context.clock.now() };
    await writePassword(tx, { tables: ownerSessionTables, credentials }, person, given);
    await auditOwner(tx, context, { event: "operator.password-reset", entity: "operator", entityId: id });
    return readOperator(tx, id);
  });
  forgetOwnerActors();
  return { operator, temporaryPassword };
}

/**
 * Says which hospitals a group admin sees, from their next request on.
 * @throws AppError not-found (404); conflict (409) `operator.sees-all`; invalid (422) naming `tenantIds`.
 */
export async function assignTenants(
  context: OwnerContext,
  id: string,
  tenantIds: readonly string[],
): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  const wanted = [...new Set(tenantIds)];
  const changed = await context.write(async (tx) => {
    const current = await lockOperator(tx, id);
    await stillMay(tx, context);
    if (current.role !== "group-admin")
      throw new AppError("conflict", "operator.sees-all", "Only a group admin is given single hospitals.");
    const known =
      wanted.length === 0
        ? []
        : await tx.select({ id: tenants.id }).from(tenants).where(inArray(tenants.id, wanted));
    if (known.length !== wanted.length)
      throw invalidField("tenantIds", "not-found", "One of these hospitals is not there.");
    const given = wanted.filter((tenantId) => !current.tenantIds.includes(tenantId));
    const taken = current.tenantIds.filter((tenantId) => !wanted.includes(tenantId));
    if (given.length === 0 && taken.length === 0) return current;
    if (taken.length > 0)
      await tx
        .delete(operatorTenants)
        .where(and(eq(operatorTenants.operatorId, id), inArray(operatorTenants.tenantId, taken)));
    if (given.length > 0)
      await tx
        .insert(operatorTenants)
        .values(given.map((tenantId) => ({ operatorId: id, tenantId, assignedAt: context.clock.now() })));
    await tx.update(operators).set(touched(context)).where(eq(operators.id, id));
    await auditOwner(tx, context, {
      event: "operator.tenants-assigned",
      entity: "operator",
      entityId: id,
      details: { given, taken },
    });
    return readOperator(tx, id);
  });
  forgetOwnerActors();
  return changed;
}
