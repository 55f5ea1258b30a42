import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { portalFactorUses } from "../../db/schema/hospital/node.ts";
import type { Plane, PlaneTx } from "./plane.ts";
import { recoveryCodeHash } from "./recovery-codes.ts";
import type { FactorProof } from "./second-factor-proof.ts";
import { missed } from "./second-factor-tries.ts";
import { stepOf } from "./time-codes.ts";

type Uses = typeof portalFactorUses.$inferSelect;

/**
 * As on the hospital's own server, where the database here is its copy: what is used is kept beside the copied rows,
 * so that a code is good once here too. A date: locked until then.
 */
// open: the code is the proof
export async function proveOnCopy(
  plane: Plane,
  personId: string,
  { code, recoveryCode }: FactorProof,
): Promise<boolean | Date> {
  return plane.write(async (tx) => {
    await tx.insert(portalFactorUses).values({ personId }).onConflictDoNothing();
    const [uses] = await tx
      .select()
      .from(portalFactorUses)
      .where(eq(portalFactorUses.personId, personId))
      .for("update");
    if (uses === undefined) return false;
    return recoveryCode !== undefined && recoveryCode !== ""
      ? spendHere(plane, tx, uses, recoveryCode)
      : tryHere(plane, tx, uses, code ?? "");
  });
}

async function spendHere({ tables }: Plane, tx: PlaneTx, uses: Uses, given: string): Promise<boolean> {
  const { recoveryCodes } = tables;
  const { personId, spentCodes } = uses;
  const [found] = await tx
    .select({ id: recoveryCodes.id })
    .from(recoveryCodes)
    .where(
      and(
        eq(recoveryCodes.personId, personId),
        eq(recoveryCodes.codeHash, recoveryCodeHash(personId, given)),
        isNull(recoveryCodes.spentAt),
      ),
    );
  if (found === undefined || spentCodes.includes(found.id)) return false;
  await keep(tx, personId, { spentCodes: [...spentCodes, found.id] });
  return true;
}

async function tryHere(plane: Plane, tx: PlaneTx, uses: Uses, code: string): Promise<boolean | Date> {
  const { secondFactors } = plane.tables;
  const { personId } = uses;
  const now = plane.clock.now();
  const [factor] = await tx
    .select()
    .from(secondFactors)
    .where(and(eq(secondFactors.personId, personId), isNotNull(secondFactors.confirmedAt)));
  if (factor === undefined) return false;
  if (uses.lockedUntil !== null && uses.lockedUntil > now) return uses.lockedUntil;
  const step = stepOf(plane.vault.unseal(factor.sealedSecret), code, now);
  // Neither what was used here nor what was used at the hospital is taken again.
  if (step === null || step <= Math.max(factor.lastStep ?? 0, uses.lastStep ?? 0)) {
    await keep(tx, personId, missed(uses.failures + 1, now));
    return false;
  }
  await keep(tx, personId, { lastStep: step, failures: 0, lockedUntil: null });
  return true;
}

async function keep(tx: PlaneTx, personId: string, values: Partial<Uses>): Promise<void> {
  await tx.update(portalFactorUses).set(values).where(eq(portalFactorUses.personId, personId));
}
