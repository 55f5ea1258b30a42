import { eq, sql } from "drizzle-orm";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, type FieldError, notFound } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";
import { currencyProblem, emailProblem, phoneProblem, textProblem, timeZoneProblem } from "./new-hospital.ts";
import { lockTenant } from "./tenant-status.ts";
import { findTenant, type TenantSummary } from "./tenants-list.ts";

/** One hospital with its plan. @throws AppError not-found (404). */
export async function getTenant(context: OwnerContext, id: string): Promise<TenantSummary> {
  authorize(context.actor, "tenants:read");
  const tenant = await findTenant(context, id);
  if (tenant === null) throw notFound("hospital");
  return tenant;
}

/** What the owner may change of a hospital; what is left out stays. Its names and places stay for life. */
export interface TenantChanges {
  readonly companyName?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly currency?: string | undefined;
  readonly language?: "en" | "ur" | "hi" | undefined;
  readonly contactEmail?: string | null | undefined;
  readonly contactPhone?: string | null | undefined;
}

/**
 * Changes a hospital's facts. `version` is the one the person saw: where the row has changed since, nothing is
 * written. The hospital's own database hears of it through `pushConfiguration`.
 * @throws AppError invalid (422) naming fields, precondition-failed (412) `row.changed`, not-found (404).
 */
export async function updateTenant(
  context: OwnerContext,
  id: string,
  changes: TenantChanges,
  version: number,
): Promise<TenantSummary> {
  authorize(context.actor, "tenants:edit");
  requireTenant(context.actor, id);
  const wanted = tidy(changes);
  check(wanted);
  await context.write(async (tx) => {
    const tenant = await lockTenant(tx, id);
    if (tenant.version !== version)
      throw new AppError(
        "precondition-failed",
        "row.changed",
        "Somebody changed this hospital in the meantime. Look at it again.",
        {
          details: { version: tenant.version },
        },
      );
    const changed = Object.entries(wanted).filter(
      ([key, value]) => tenant[key as keyof typeof tenant] !== value,
    );
    if (changed.length === 0) return;
    await tx
      .update(tenants)
      .set({
        ...Object.fromEntries(changed),
        updatedAt: context.clock.now(),
        version: sql`${tenants.version} + 1`,
      })
      .where(eq(tenants.id, id));
    await auditOwner(tx, context, {
      event: "tenant.updated",
      entity: "tenant",
      entityId: id,
      tenantId: id,
      details: { changed: changed.map(([key]) => key) },
    });
  });
  return getTenant(context, id);
}

function tidy(changes: TenantChanges): TenantChanges {
  const given = Object.entries({
    ...changes,
    companyName: changes.companyName?.trim().replaceAll(/\s+/g, " "),
    currency: changes.currency?.toUpperCase(),
    contactEmail: changes.contactEmail?.trim().toLowerCase() || changes.contactEmail,
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, value === "" ? null : value]));
}

function check(changes: TenantChanges): void {
  const { companyName, timeZone, currency, contactEmail, contactPhone } = changes;
  const fields: (FieldError | null)[] = [
    companyName === undefined ? null : textProblem("companyName", companyName ?? "", 2, 120),
    timeZone === undefined ? null : timeZoneProblem(timeZone),
    currency === undefined ? null : currencyProblem(currency),
    contactEmail ? emailProblem("contactEmail", contactEmail) : null,
    contactPhone ? phoneProblem("contactPhone", contactPhone) : null,
  ];
  const wrong = fields.filter((field) => field !== null);
  if (wrong.length > 0)
    throw new AppError("invalid", "input.invalid", "Some fields need another look.", { fields: wrong });
}
