import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { AppError } from "../errors.ts";
import type { Plane, PlaneDb, PlaneTx } from "./plane.ts";
import { spendRecoveryCode } from "./recovery-codes.ts";
import { proveOnCopy } from "./second-factor-on-copy.ts";
import { lockedUntil, missed } from "./second-factor-tries.ts";
import { stepOf } from "./time-codes.ts";

/** What shows that somebody holds their second factor: the app's code, or one of the recovery codes. */
export interface FactorProof {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}

export const wrongCode = () =>
  new AppError("unauthenticated", "auth.code-wrong", "This code is not right, or it was used before.");

/** Whether somebody signs in with a second factor. */
// open: part of a sign-in under way
export async function hasSecondFactor(
  plane: { readonly db: PlaneDb; readonly tables: Pick<Plane["tables"], "secondFactors"> },
  personId: string,
): Promise<boolean> {
  const { secondFactors } = plane.tables;
  const [row] = await plane.db
    .select({ personId: secondFactors.personId })
    .from(secondFactors)
    .where(and(eq(secondFactors.personId, personId), isNotNull(secondFactors.confirmedAt)));
  return row !== undefined;
}

/**
 * Whether a code is the person's, and uses it up: a time step is taken once, a recovery code is gone. Wrong codes are
 * counted for the account, whatever the address they come from; only who has the password gets here, and a recovery
 * code always works, so that nobody is locked out for good.
 * @throws AppError too-many (429) `auth.code-locked`.
 */
// open: the code is the proof
export async function proveSecondFactor(
  plane: Plane,
  personId: string,
  proof: FactorProof,
): Promise<boolean> {
  const { code, recoveryCode } = proof;
  if (plane.isCopy) {
    const outcome = await proveOnCopy(plane, personId, proof);
    if (outcome instanceof Date) throw lockedUntil(outcome, plane.clock.now());
    return outcome;
  }
  if (recoveryCode !== undefined && recoveryCode !== "")
    return plane.write((tx) => spendRecoveryCode(plane, tx, personId, recoveryCode));
  const now = plane.clock.now();
  // What is refused is kept as well, so the refusal leaves the transaction as a value.
  const outcome = await plane.write((tx) => tryCode(plane, tx, { personId, code: code ?? "", now }));
  if (outcome instanceof Date) throw lockedUntil(outcome, now);
  return outcome;
}

async function tryCode(
  plane: Plane,
  tx: PlaneTx,
  { personId, code, now }: { readonly personId: string; readonly code: string; readonly now: Date },
): Promise<boolean | Date> {
  const { secondFactors } = plane.tables;
  const own = eq(secondFactors.personId, personId);
  const [factor] = await tx
    .select()
    .from(secondFactors)
    .where(and(own, isNotNull(secondFactors.confirmedAt)))
    .for("update");
  if (factor === undefined) return false;
  if (factor.lockedUntil !== null && factor.lockedUntil > now) return factor.lockedUntil;
  const step = stepOf(plane.vault.unseal(factor.sealedSecret), code, now);
  if (step === null || (factor.lastStep !== null && step <= factor.lastStep)) {
    await tx
      .update(secondFactors)
      .set(missed(factor.failures + 1, now))
      .where(own);
    return false;
  }
  await tx.update(secondFactors).set({ lastStep: step, failures: 0, lockedUntil: null }).where(own);
  return true;
}

/** The same for a phone that is being set up: its first code, held against the secret that waits to be confirmed. */
// open: one's own account
export async function confirmFirstCode(
  plane: Plane,
  tx: PlaneTx,
  personId: string,
  code: string,
): Promise<"confirmed" | "wrong" | "none" | Date> {
  const now = plane.clock.now();
  const { secondFactors } = plane.tables;
  const own = eq(secondFactors.personId, personId);
  const [factor] = await tx
    .select()
    .from(secondFactors)
    .where(and(own, isNull(secondFactors.confirmedAt)))
    .for("update");
  if (factor === undefined) return "none";
  if (factor.lockedUntil !== null && factor.lockedUntil > now) return factor.lockedUntil;
  const step = stepOf(plane.vault.unseal(factor.sealedSecret), code, now);
  if (step === null) {
    await tx
      .update(secondFactors)
      .set(missed(factor.failures + 1, now))
      .where(own);
    return "wrong";
  }
  await tx
    .update(secondFactors)
    .set({ confirmedAt: now, lastStep: step, failures: 0, lockedUntil: null })
    .where(own);
  return "confirmed";
}

/** Refuses for a while after too many wrong codes. @throws AppError too-many (429) always. */
export function refuseLocked(until: Date, now: Date): never {
  throw lockedUntil(until, now);
}
