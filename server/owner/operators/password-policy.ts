import * as tables from "../../../db/schema/control/credentials.ts";
import { auditOwner } from "../../audit/audit.ts";
import { forgetOwnerActors } from "../../auth/owner-actor.ts";
import { type PasswordPolicy, readPolicy } from "../../auth/password-policy.ts";
import { type PolicyChange, writePolicy } from "../../auth/password-policy-change.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

const policy = { policy: tables.passwordPolicy };

/** What an operator's password has to be. @throws AppError forbidden (403). */
export async function getOwnerPasswordPolicy(context: OwnerContext): Promise<PasswordPolicy> {
  authorize(context.actor, "operators:edit");
  return readPolicy(context.db, policy);
}

/**
 * Changes what an operator's password has to be. Length and list count when somebody next chooses one; an age counts at once:
 * whose password is older chooses another at their next request.
 * @throws AppError precondition-failed (412); forbidden (403).
 */
export async function changeOwnerPasswordPolicy(
  context: OwnerContext,
  change: PolicyChange,
  version?: number,
): Promise<PasswordPolicy> {
  authorize(context.actor, "operators:edit");
  const changed = await context.write(async (tx) => {
    const { policy: now, fields } = await writePolicy(tx, policy, change, context.clock.now(), version);
    if (fields.length > 0)
      await auditOwner(tx, context, {
        event: "password-policy.changed",
        entity: "password-policy",
        entityId: null,
        details: { ...change },
      });
    return now;
  });
  forgetOwnerActors();
  return changed;
}
