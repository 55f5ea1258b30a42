import type { LockoutTables } from "../../../db/schema/api-keys.ts";
import { ownerSignInDevices, ownerSignInFailures } from "../../../db/schema/control/keys.ts";
import { signInDevices, signInFailures } from "../../../db/schema/hospital/keys.ts";
import type { Side } from "../either-side.ts";

/** Where failed sign-ins are counted on each side, and from where each account has signed in. */
export const lockTables: Readonly<Record<Side, LockoutTables>> = {
  hospital: { failures: signInFailures, devices: signInDevices },
  owner: { failures: ownerSignInFailures, devices: ownerSignInDevices },
};
