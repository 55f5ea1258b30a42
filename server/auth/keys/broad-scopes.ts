import type { EitherContext } from "../either-side.ts";
import type { HospitalPermission, OwnerPermission } from "../permissions.ts";
import { requireStepUp } from "../step-up.ts";

/** Rights with which a program could carry everything out, destroy much, or let people in. */
const broad: ReadonlySet<string> = new Set<HospitalPermission | OwnerPermission>([
  "patients:export",
  "patients:delete",
  "patients:restricted",
  "privacy:review",
  "retention:edit",
  "users:create",
  "users:update",
  "users:suspend",
  "settings:edit",
  "audit:export",
  "tenants:create",
  "tenants:edit",
  "tenants:suspend",
  "tenants:delete",
  "tenants:users",
  "support:ask",
]);

/** Whether a program with this right can do much harm. */
// open: pure
export const isBroadScope = (scope: string): boolean => broad.has(scope);

/**
 * Whoever gives such a right to a program, or sees the new secret of one that has it, has just proved who they are;
 * a sign-in in the last ten minutes is that proof.
 * @throws AppError forbidden (403) `auth.step-up-required`.
 */
// open: a question that follows authorize
export async function requireProofForScopes(
  context: EitherContext,
  scopes: readonly string[],
): Promise<void> {
  if (scopes.some(isBroadScope)) await requireStepUp(context, "keys.create");
}
