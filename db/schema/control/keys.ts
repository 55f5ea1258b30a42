import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import {
  apiKeyTable,
  apiKeyUseTable,
  keyPolicyTable,
  signInDeviceTable,
  signInFailureTable,
} from "../api-keys.ts";

export const ownerApiKeys = apiKeyTable("owner_api_keys");
export const ownerApiKeyUses = apiKeyUseTable("owner_api_key_uses");
export const ownerKeyPolicy = keyPolicyTable("owner_key_policy");
export const ownerSignInFailures = signInFailureTable("owner_sign_in_failures");
export const ownerSignInDevices = signInDeviceTable("owner_sign_in_devices");

/** Calls counted by all copies of the app together, where there is no Redis; in the form rate-limiter-flexible asks for. */
export const rateCounts = pgTable("rate_counts", {
  key: text().primaryKey(),
  points: integer().notNull().default(0),
  expire: timestamp({ withTimezone: true, mode: "date", precision: 3 }),
});
