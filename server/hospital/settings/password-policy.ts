import * as tables from "../../../db/schema/hospital/credentials.ts";
import { audit } from "../../audit/audit.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import { type PasswordPolicy, readPolicy } from "../../auth/password-policy.ts";
import { type PolicyChange, writePolicy } from "../../auth/password-policy-change.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

const policy = { policy: tables.passwordPolicy };

/** What a password at this hospital has to be. @throws AppError forbidden (403). */
export async function getPasswordPolicy(context: HospitalContext): Promise<PasswordPolicy> {
  authorize(context.actor, "settings:read");
  return readPolicy(context.db, policy);
}

/**
 * Changes what a password has to be. Length and list count when somebody next chooses one; an age counts at once:
 * whose password is older chooses another at their next request.
 * @throws AppError precondition-failed (412); forbidden (403).
 */
export async function changePasswordPolicy(
  context: HospitalContext,
  change: PolicyChange,
  version?: number,
): Promise<PasswordPolicy> {
  authorize(context.actor, "settings:edit");
  const changed = await context.write(async (tx) => {
    const { policy: now, fields } = await writePolicy(tx, policy, change, context.clock.now(), version);
    if (fields.length > 0)
      await audit(tx, context, {
        event: "password-policy.changed",
        entity: "password-policy",
        entityId: null,
        details: { ...change },
      });
    return now;
  });
  forgetHospitalActors();
  return changed;
}
