import { AppError, invalidField } from "../../errors.ts";
import type { EitherContext } from "../either-side.ts";
import { keySideOf } from "./key-sides.ts";

/**
 * Whether who asks could give this scope to a key: each that they hold, and `patients:restricted`, which no person
 * holds to any effect, where they hold `patients:restrict`.
 */
// open: pure
export function maySetScope({ actor }: EitherContext, scope: string): boolean {
  const needed = scope === "patients:restricted" ? "patients:restrict" : scope;
  return actor.kind === "system" || actor.permissions.has(needed);
}

/** Nobody gives a program what they do not hold. @throws AppError forbidden (403) `key.beyond-own`; invalid (422). */
// open: a question that follows authorize
export function refuseScopes(context: EitherContext, scopes: readonly string[]): void {
  if (!scopes.every(keySideOf(context).isScope))
    throw invalidField("scopes", "not-one-of", "One of these is no right that a program can have.");
  const beyond = scopes.filter((scope) => !maySetScope(context, scope));
  if (beyond.length > 0)
    throw new AppError(
      "forbidden",
      "key.beyond-own",
      "You can't give or take away rights that you do not hold yourself.",
      { details: { permissions: beyond } },
    );
}
