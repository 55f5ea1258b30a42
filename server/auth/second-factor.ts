import { and, eq, isNull } from "drizzle-orm";
import { AppError, invalidField } from "../errors.ts";
import type { Account, Plane, PlaneTx } from "./plane.ts";
import { recoveryCodesLeft, replaceRecoveryCodes } from "./recovery-codes.ts";
import { confirmFirstCode, hasSecondFactor, refuseLocked } from "./second-factor-proof.ts";
import { requireFreshProof } from "./step-up.ts";
import { enrolmentUri, newSecret } from "./time-codes.ts";

export interface SecondFactorState {
  /** Since when; null where there is none. */
  readonly since: Date | null;
  /** A phone has been shown the secret and has not given a code yet. */
  readonly pending: boolean;
  /** Of the ten. */
  readonly recoveryCodesLeft: number;
  /** The role asks for one: it can be replaced, not left off. */
  readonly required: boolean;
}

/** What an authenticator app is given once. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

/** How one's own second factor stands. */
// open: one's own account
export async function getSecondFactor({ plane, personId }: Account): Promise<SecondFactorState> {
  const { secondFactors } = plane.tables;
  const [person, left, [row]] = await Promise.all([
    plane.personById(personId),
    recoveryCodesLeft(plane, personId),
    plane.db
      .select({ confirmedAt: secondFactors.confirmedAt })
      .from(secondFactors)
      .where(eq(secondFactors.personId, personId)),
  ]);
  return {
    since: row?.confirmedAt ?? null,
    pending: row !== undefined && row.confirmedAt === null,
    recoveryCodesLeft: left,
    required: person?.needsSecondFactor ?? false,
  };
}

/**
 * Makes the secret that one's phone is to share; it counts for nothing until a code confirms it. Asked again, it is
 * another secret. @throws AppError conflict (409) `second-factor.enrolled`; forbidden (403) `auth.step-up-required`.
 */
// open: one's own account, proved lately
export async function beginEnrolment(account: Account): Promise<Enrolment> {
  await requireFreshProof(account, "second-factor.enrol");
  const { plane, personId } = account;
  const { secondFactors } = plane.tables;
  const secret = newSecret();
  const createdAt = plane.clock.now();
  const fresh = { sealedSecret: plane.vault.seal(secret), createdAt, failures: 0, lockedUntil: null };
  const kept = await plane.write((tx) =>
    tx
      .insert(secondFactors)
      .values({ personId, ...fresh })
      .onConflictDoUpdate({
        target: secondFactors.personId,
        set: fresh,
        setWhere: isNull(secondFactors.confirmedAt),
      })
      .returning({ personId: secondFactors.personId }),
  );
  if (kept.length === 0)
    throw new AppError("conflict", "second-factor.enrolled", "A second factor is set up already.");
  return describeEnrolment(account, secret);
}

/** The secret that waits to be confirmed, to show it again; null where none waits. */
// open: one's own account
export async function pendingEnrolment(account: Account): Promise<Enrolment | null> {
  await requireFreshProof(account, "second-factor.enrol");
  const { plane, personId } = account;
  const { secondFactors } = plane.tables;
  const [row] = await plane.db
    .select({ sealedSecret: secondFactors.sealedSecret })
    .from(secondFactors)
    .where(and(eq(secondFactors.personId, personId), isNull(secondFactors.confirmedAt)));
  return row === undefined ? null : describeEnrolment(account, plane.vault.unseal(row.sealedSecret));
}

function describeEnrolment({ plane, actor }: Account, secret: string): Enrolment {
  return { secret, uri: enrolmentUri(secret, { title: plane.title, email: actor.email }) };
}

/**
 * The phone's first code: from now on a code is asked for at sign-in. Answers ten recovery codes, told once.
 * @throws AppError invalid (422) naming `code`; conflict (409) `second-factor.not-begun`; too-many (429).
 */
// open: one's own account
export async function confirmEnrolment(account: Account, code: string): Promise<readonly string[]> {
  const { plane, personId, actor } = account;
  const { sessions } = plane.tables;
  const outcome = await plane.write(async (tx) => {
    const verdict = await confirmFirstCode(plane, tx, personId, code);
    if (verdict !== "confirmed") return verdict;
    const own = eq(sessions.personId, personId);
    await tx.update(sessions).set({ enrolmentDue: false }).where(own);
    await plane.audit(tx, actor, {
      event: "second-factor.enrolled",
      entity: actor.kind,
      entityId: personId,
    });
    return replaceRecoveryCodes(plane, tx, personId);
  });
  plane.forget();
  if (outcome === "wrong")
    throw invalidField("code", "code-wrong", "This code is not right. Wait for the next one and try again.");
  if (outcome === "none")
    throw new AppError("conflict", "second-factor.not-begun", "Begin by showing the picture to your phone.");
  return outcome instanceof Date ? refuseLocked(outcome, plane.clock.now()) : outcome;
}

/** Ten new recovery codes; the old ones count no more. @throws AppError conflict (409); forbidden (403). */
// open: one's own account, proved lately
export async function regenerateRecoveryCodes(account: Account): Promise<readonly string[]> {
  await requireFreshProof(account, "second-factor.recovery-codes");
  const { plane, personId, actor } = account;
  if (!(await hasSecondFactor(plane, personId))) throw noFactor();
  return plane.write(async (tx) => {
    await plane.audit(tx, actor, {
      event: "second-factor.recovery-codes-replaced",
      entity: actor.kind,
      entityId: personId,
    });
    return replaceRecoveryCodes(plane, tx, personId);
  });
}

/**
 * Signs in by password alone from now on. @throws AppError conflict (409) `second-factor.required` where the role asks
 * for one, `second-factor.none`; forbidden (403) `auth.step-up-required`.
 */
// open: one's own account, proved lately
export async function disableSecondFactor(account: Account): Promise<void> {
  await requireFreshProof(account, "second-factor.disable");
  const { plane, personId, actor } = account;
  const state = await getSecondFactor(account);
  if (state.required)
    throw new AppError("conflict", "second-factor.required", "Your role asks for a second factor.");
  if (state.since === null) throw noFactor();
  await plane.write(async (tx) => {
    await clearSecondFactor(plane, tx, personId);
    await plane.audit(tx, actor, {
      event: "second-factor.disabled",
      entity: actor.kind,
      entityId: personId,
    });
  });
  plane.forget();
}

const noFactor = () => new AppError("conflict", "second-factor.none", "There is no second factor.");

/** Takes somebody's second factor away, with its recovery codes. False where there was none. */
// open: part of rules that have authorized
export async function clearSecondFactor(
  { tables }: Pick<Plane, "tables">,
  tx: PlaneTx,
  personId: string,
): Promise<boolean> {
  const { secondFactors, recoveryCodes, challenges } = tables;
  const gone = await tx
    .delete(secondFactors)
    .where(eq(secondFactors.personId, personId))
    .returning({ confirmedAt: secondFactors.confirmedAt });
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId));
  await tx.delete(challenges).where(eq(challenges.personId, personId));
  return gone.some((factor) => factor.confirmedAt !== null);
}
