import {
  apiKeyTable,
  apiKeyUseTable,
  keyPolicyTable,
  signInDeviceTable,
  signInFailureTable,
} from "../api-keys.ts";

export const apiKeys = apiKeyTable("api_keys");
/** Not copied to the online copy, as are the three below `keyPolicy`: they say what happened at this node. */
export const apiKeyUses = apiKeyUseTable("api_key_uses");
export const keyPolicy = keyPolicyTable("key_policy");
export const signInFailures = signInFailureTable("sign_in_failures");
export const signInDevices = signInDeviceTable("sign_in_devices");
