import { eq, sql } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { auditOwner } from "../audit/audit.ts";
import { AppError } from "../errors.ts";
import type { OwnerGate } from "../tenancy/context.ts";
import { admitAttempt, countFailure, forgiveFailures } from "./attempts.ts";
import type { SignedInFacts } from "./hospital-sign-in.ts";
import { forgetOwnerActors, ownerSessionTables } from "./owner-actor.ts";
import { verifyPassword } from "./passwords.ts";
import { type OperatorActor, permissionsOfOperatorRole } from "./permissions.ts";
import { endSession, type OpenedSession, openSession, rotateRefreshToken } from "./sessions.ts";
import type { SignInInput } from "./sign-in.input.ts";
import { signAccessToken } from "./tokens.ts";

export interface OwnerSignIn extends OpenedSession {
  readonly user: SignedInFacts;
}

const factsOf = (operator: typeof operators.$inferSelect): SignedInFacts => ({
  id: operator.id,
  name: operator.name,
  email: operator.email,
  role: operator.role,
  mustChangePassword: operator.mustChangePassword,
});

/**
 * Signs an operator in at the owner portal. Unknown, wrong and suspended answer alike.
 * @throws AppError unauthenticated (401), too-many (429).
 */
// open: whoever signs in is not known yet
export async function signInOwner(
  gate: OwnerGate,
  input: SignInInput,
  kind: "browser" | "token",
): Promise<OwnerSignIn> {
  const attempt = { where: "owner", email: input.email.toLowerCase(), address: gate.client.address };
  await admitAttempt(attempt);
  const [operator] = await gate.db
    .select()
    .from(operators)
    .where(eq(sql`lower(${operators.email})`, attempt.email));
  const fits = await verifyPassword(input.password, operator?.passwordHash ?? null);
  if (operator === undefined || !fits || operator.status !== "active") {
    await countFailure(attempt);
    throw new AppError(
      "unauthenticated",
      "auth.bad-credentials",
      "The e-mail address or the password is not right.",
    );
  }
  await forgiveFailures(attempt);
  const now = gate.clock.now();
  const opened = await gate.write(async (tx) => {
    const session = await openSession(tx, ownerSessionTables, {
      id: operator.id,
      kind,
      client: gate.client,
      now,
    });
    await tx.update(operators).set({ lastSignInAt: now }).where(eq(operators.id, operator.id));
    const actor: OperatorActor = {
      kind: "operator",
      operatorId: operator.id,
      sessionId: session.sessionId,
      name: operator.name,
      email: operator.email,
      role: operator.role,
      permissions: permissionsOfOperatorRole[operator.role],
      tenantIds: new Set(),
    };
    await auditOwner(
      tx,
      { ...gate, actor },
      { event: "session.opened", entity: "session", entityId: session.sessionId },
    );
    return session;
  });
  return { ...opened, user: factsOf(operator) };
}

/** The access token of an operator's session. */
// open: signs for a session that its caller has opened
export function ownerAccessToken(
  gate: OwnerGate,
  session: { readonly sessionId: string; readonly personId: string },
): Promise<string> {
  return signAccessToken(gate.keyring, "owner", session, gate.clock.now());
}

/** Changes a refresh token for the next and a new access token. @throws AppError unauthenticated (401). */
// open: the refresh token is the proof
export async function refreshOwnerTokens(
  gate: OwnerGate,
  refreshToken: string,
): Promise<OpenedSession & { readonly accessToken: string; readonly user: SignedInFacts }> {
  const now = gate.clock.now();
  const rotated = await gate.write((tx) => rotateRefreshToken(tx, ownerSessionTables, refreshToken, now));
  const [operator] =
    rotated === null ? [] : await gate.db.select().from(operators).where(eq(operators.id, rotated.personId));
  if (rotated === null || operator === undefined || operator.status !== "active") {
    forgetOwnerActors();
    throw new AppError(
      "unauthenticated",
      "auth.session-ended",
      "This refresh token is not valid. Sign in again.",
    );
  }
  return { ...rotated, accessToken: await ownerAccessToken(gate, rotated), user: factsOf(operator) };
}

/** Ends the session of the operator who asks, at once. */
// open: one may always leave
export async function signOutOwner(gate: OwnerGate, actor: OperatorActor): Promise<void> {
  await endSession(gate.db, ownerSessionTables, actor.sessionId, gate.clock.now());
  forgetOwnerActors();
}
