import { inArray, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { tenants } from "../../../db/schema/control/tenants.ts";
import type { OwnerActor } from "../../auth/permissions.ts";
import { notFound } from "../../errors.ts";
import { isId } from "../../input.ts";

/** The hospitals that an operator is given, or that a key reaches; null: every one. */
// open: pure
export function givenTenants(actor: OwnerActor): ReadonlySet<string> | null {
  if (actor.kind === "system") return null;
  return actor.tenantIds ?? null;
}

/** Whether this operator sees the hospital at all; what is no id is none of theirs. */
// open: pure
export function seesTenant(actor: OwnerActor, tenantId: string): boolean {
  return isId(tenantId) && (givenTenants(actor)?.has(tenantId) ?? true);
}

/**
 * Second line of every rule that opens one hospital: to a group admin the hospitals of others are not there.
 * @throws AppError not-found (404).
 */
// open: a question that follows authorize
export function requireTenant(actor: OwnerActor, tenantId: string): void {
  if (!seesTenant(actor, tenantId)) throw notFound("hospital");
}

/** What narrows every list of hospitals, or of rows about them (`column`), to those the operator sees. */
// open: a question that follows authorize
export function visibleTenants(actor: OwnerActor, column: PgColumn = tenants.id): SQL | undefined {
  const given = givenTenants(actor);
  return given === null ? undefined : inArray(column, [...given]);
}
