import type { KeyTables } from "../../../db/schema/api-keys.ts";
import { ownerApiKeys, ownerApiKeyUses, ownerKeyPolicy } from "../../../db/schema/control/keys.ts";
import { apiKeys, apiKeyUses, keyPolicy } from "../../../db/schema/hospital/keys.ts";
import { type EitherContext, type Side, sideOf } from "../either-side.ts";
import { hospitalScopes, ownerScopes } from "../permissions.ts";

/** Keys as one side of the house has them. */
export interface KeySide {
  readonly tables: KeyTables;
  /** Whether a program of this side may hold this right. */
  readonly isScope: (scope: string) => boolean;
}

const oneOf = (scopes: readonly string[]) => {
  const known = new Set(scopes);
  return (scope: string) => known.has(scope);
};

export const keySides: Readonly<Record<Side, KeySide>> = {
  hospital: {
    tables: { keys: apiKeys, uses: apiKeyUses, policy: keyPolicy, people: "users" },
    isScope: oneOf(hospitalScopes),
  },
  owner: {
    tables: { keys: ownerApiKeys, uses: ownerApiKeyUses, policy: ownerKeyPolicy, people: "operators" },
    isScope: oneOf(ownerScopes),
  },
};

/** The keys of the side that who asks is on. */
export const keySideOf = (context: EitherContext): KeySide => keySides[sideOf(context)];
