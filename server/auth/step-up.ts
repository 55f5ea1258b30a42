import { and, eq, isNull } from "drizzle-orm";
import { operatorSecondFactors } from "../../db/schema/control/second-factor.ts";
import { secondFactors } from "../../db/schema/hospital/second-factor.ts";
import { randomSecret, sha256 } from "../crypto.ts";
import { AppError, invalidField } from "../errors.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import { admitAttempt, countFailure, forgiveFailures } from "./attempts.ts";
import { hospitalSessionTables } from "./hospital-actor.ts";
import { ownerSessionTables } from "./owner-actor.ts";
import { verifyPassword } from "./passwords.ts";
import type { Account, PlaneDb } from "./plane.ts";
import { type FactorProof, hasSecondFactor, proveSecondFactor } from "./second-factor-proof.ts";

/**
 * Acts that a session left open on a desk must not be enough for. `keys`: whether a program may do it by its key,
 * whose scopes a person gave it after proving who they were.
 */
const dangerousActs = {
  "tenant.delete": { keys: false },
  "tenant.restore": { keys: false },
  "tenant.take-back": { keys: false },
  "node.revoke": { keys: false },
  "role.grant-admin": { keys: false },
  "patients.export-all": { keys: true },
  "keys.create": { keys: false },
  "keys.import": { keys: false },
  "second-factor.enrol": { keys: false },
  "second-factor.disable": { keys: false },
  "second-factor.recovery-codes": { keys: false },
  "second-factor.policy": { keys: false },
} as const satisfies Record<string, { readonly keys: boolean }>;

export type DangerousAct = keyof typeof dangerousActs;

/** How long a proof lasts. Signing in is one. */
export const proofSeconds = 600;

/** The code of a refusal that a fresh proof lifts; pages lead to where it is given. */
export const stepUpRequired = "auth.step-up-required";

const needProof = (act: DangerousAct, secondFactor: boolean) =>
  new AppError("forbidden", stepUpRequired, "Confirm that it is you, then do this again.", {
    details: { act, secondFactor },
  });

/**
 * For rules of dangerous acts, after `authorize`: whoever acts has proved in this session, in the last ten minutes,
 * that it is they, by password and by their second factor where they have one. The product itself passes.
 * @throws AppError forbidden (403) `auth.step-up-required`, or for a program or support that may not do this at all.
 */
// open: a question that follows authorize
export async function requireStepUp(
  context: HospitalContext | OwnerContext,
  act: DangerousAct,
): Promise<void> {
  const { actor, db, clock } = context;
  switch (actor.kind) {
    case "system":
      return;
    case "key":
      if (dangerousActs[act].keys) return;
      throw new AppError(
        "forbidden",
        "auth.person-needed",
        "Only a person who has just proved who they are may do this.",
      );
    case "support":
      throw new AppError("forbidden", "auth.person-needed", "Support may not do this.");
    case "user":
      return requireProof(db, { ...hospitalSessionTables, secondFactors }, actor.sessionId, clock.now(), act);
    case "operator":
      return requireProof(
        db,
        { ...ownerSessionTables, secondFactors: operatorSecondFactors },
        actor.sessionId,
        clock.now(),
        act,
      );
  }
}

/** The same for acts on one's own account. @throws AppError forbidden (403) `auth.step-up-required`. */
// open: one's own account
export async function requireFreshProof({ plane, sessionId }: Account, act: DangerousAct): Promise<void> {
  await requireProof(plane.db, plane.tables, sessionId, plane.clock.now(), act);
}

/** Read from the database each time: what another copy of the app has just seen proved counts at once. */
async function requireProof(
  db: PlaneDb,
  tables: Pick<Account["plane"]["tables"], "sessions" | "secondFactors">,
  sessionId: string,
  now: Date,
  act: DangerousAct,
): Promise<void> {
  const { sessions } = tables;
  const [row] = await db
    .select({ personId: sessions.personId, provedAt: sessions.provedAt, createdAt: sessions.createdAt })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)));
  const provedAt = row === undefined ? 0 : (row.provedAt ?? row.createdAt).getTime();
  if (row !== undefined && now.getTime() - provedAt <= proofSeconds * 1000) return;
  throw needProof(act, row !== undefined && (await hasSecondFactor({ db, tables }, row.personId)));
}

export interface StepUpProof extends FactorProof {
  readonly password: string;
}

/**
 * Proves anew who sits there. A browser's session goes on under a new secret, so that one which was known to another
 * is worth nothing from here on. Wrong passwords count as failed sign-ins.
 * @throws AppError invalid (422) naming the field; too-many (429).
 */
// open: one's own account, this is how it is proved
export async function stepUp(
  { plane, personId, sessionId, actor }: Account,
  proof: StepUpProof,
): Promise<{ readonly secret: string | null; readonly provedUntil: Date }> {
  const attempt = {
    plane,
    where: plane.where,
    email: actor.email.toLowerCase(),
    address: plane.client.address,
  };
  await admitAttempt(attempt);
  const person = await plane.personById(personId);
  if (!(await verifyPassword(proof.password, person?.passwordHash ?? null))) {
    await countFailure(attempt);
    throw invalidField("password", "not-yours", "This is not your password.");
  }
  await forgiveFailures(attempt);
  if (await hasSecondFactor(plane, personId)) {
    if (!proof.code && !proof.recoveryCode)
      throw invalidField("code", "required", "Enter the code of your app.");
    if (!(await proveSecondFactor(plane, personId, proof)))
      throw invalidField(
        proof.recoveryCode ? "recoveryCode" : "code",
        "code-wrong",
        "This code is not right, or it was used before.",
      );
  }
  const now = plane.clock.now();
  const { sessions } = plane.tables;
  const secret = randomSecret();
  const own = eq(sessions.id, sessionId);
  const renewed = await plane.write(async (tx) => {
    await tx.update(sessions).set({ provedAt: now }).where(own);
    const changed = await tx
      .update(sessions)
      .set({ tokenHash: sha256(secret) })
      .where(and(own, eq(sessions.kind, "browser")))
      .returning({ id: sessions.id });
    await plane.audit(tx, actor, { event: "session.proved", entity: "session", entityId: sessionId });
    return changed.length === 1;
  });
  plane.forget();
  return { secret: renewed ? secret : null, provedUntil: new Date(now.getTime() + proofSeconds * 1000) };
}
