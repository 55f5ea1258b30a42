import { asc } from "drizzle-orm";
import { operatorRoles } from "../../../db/schema/control/operators.ts";
import { operatorRoleRules } from "../../../db/schema/control/second-factor.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize, type OperatorRole } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

export interface SignInRule {
  readonly role: OperatorRole;
  readonly requiresSecondFactor: boolean;
}

/** What each role of the owner portal asks for at sign-in. @throws AppError forbidden (403). */
export async function getSignInRules(context: OwnerContext): Promise<readonly SignInRule[]> {
  authorize(context.actor, "operators:edit");
  const rows = await context.db.select().from(operatorRoleRules).orderBy(asc(operatorRoleRules.role));
  return operatorRoles.map((role) => ({
    role,
    requiresSecondFactor: rows.find((row) => row.role === role)?.requiresSecondFactor ?? false,
  }));
}

/**
 * Says which roles need a second factor; it counts at their people's next sign-in.
 * @throws AppError forbidden (403) `auth.step-up-required`.
 */
export async function setSignInRules(
  context: OwnerContext,
  required: readonly OperatorRole[],
): Promise<readonly SignInRule[]> {
  authorize(context.actor, "operators:edit");
  await requireStepUp(context, "second-factor.policy");
  const updatedAt = context.clock.now();
  await context.write(async (tx) => {
    for (const role of operatorRoles) {
      const set = { requiresSecondFactor: required.includes(role), updatedAt };
      await tx
        .insert(operatorRoleRules)
        .values({ role, ...set })
        .onConflictDoUpdate({ target: operatorRoleRules.role, set });
    }
    await auditOwner(tx, context, {
      event: "sign-in-rules.changed",
      entity: "operator-role",
      entityId: null,
      details: { secondFactor: required },
    });
  });
  return getSignInRules(context);
}
