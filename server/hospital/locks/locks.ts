import { signInDevices, signInFailures } from "../../../db/schema/hospital/keys.ts";
import { audit } from "../../audit/audit.ts";
import { readLocks, type SignInLock, unlockAccount, unlockAddress } from "../../auth/lockout.ts";
import type { OpenLockInput } from "../../auth/locks.input.ts";
import { authorize } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

const tables = { failures: signInFailures, devices: signInDevices };

/** Sign-ins that are refused for a while after failed ones. @throws AppError forbidden (403). */
export async function listLocks(context: HospitalContext): Promise<readonly SignInLock[]> {
  authorize(context.actor, "users:suspend");
  return readLocks(context.db, tables, context.clock.now());
}

/**
 * Lets an account, or an address, try again at once.
 * @returns whether anything was refused. @throws AppError invalid (422); forbidden (403).
 */
export async function openLock(context: HospitalContext, input: OpenLockInput): Promise<boolean> {
  authorize(context.actor, "users:suspend");
  const { email, address } = input;
  if (email === undefined && address === undefined) throw invalidField("email", "required", "Enter this.");
  return context.write(async (tx) => {
    const account = email !== undefined && (await unlockAccount(tx, tables, email));
    const door = address !== undefined && (await unlockAddress(tx, tables, address));
    if (account || door)
      await audit(tx, context, {
        event: "sign-in.opened",
        ...{ entity: "sign-in", entityId: email?.toLowerCase() ?? null },
        ...(address === undefined ? {} : { details: { address } }),
      });
    return account || door;
  });
}
