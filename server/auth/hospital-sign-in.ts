import { eq, sql } from "drizzle-orm";
import { roles } from "../../db/schema/hospital/roles.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { audit } from "../audit/audit.ts";
import { AppError } from "../errors.ts";
import type { HospitalGate } from "../tenancy/context.ts";
import { admitAttempt, countFailure, forgiveFailures } from "./attempts.ts";
import { forgetHospitalActors, hospitalSessionTables } from "./hospital-actor.ts";
import { verifyPassword } from "./passwords.ts";
import type { UserActor } from "./permissions.ts";
import { endSession, type OpenedSession, openSession, rotateRefreshToken } from "./sessions.ts";
import type { SignInInput } from "./sign-in.input.ts";
import { signAccessToken } from "./tokens.ts";

/** What is told of a person who has signed in. */
export interface SignedInFacts {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly mustChangePassword: boolean;
}

export interface HospitalSignIn extends OpenedSession {
  readonly user: SignedInFacts;
}

const wrong = () =>
  new AppError("unauthenticated", "auth.bad-credentials", "The e-mail address or the password is not right.");

/**
 * Signs a member of staff in at their hospital, in a browser or for tokens. An unknown address, a wrong password
 * and a suspended account answer alike, and take as long.
 * @throws AppError unauthenticated (401), too-many (429).
 */
// open: whoever signs in is not known yet
export async function signInToHospital(
  gate: HospitalGate,
  input: SignInInput,
  kind: "browser" | "token",
): Promise<HospitalSignIn> {
  const attempt = { where: gate.hospital.id, email: input.email.toLowerCase(), address: gate.client.address };
  await admitAttempt(attempt);
  const [found] = await gate.db
    .select({ user: users, role: roles })
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(eq(sql`lower(${users.email})`, attempt.email));
  const fits = await verifyPassword(input.password, found?.user.passwordHash ?? null);
  if (found === undefined || !fits || found.user.status !== "active") {
    await countFailure(attempt);
    throw wrong();
  }
  await forgiveFailures(attempt);
  const { user, role } = found;
  const now = gate.clock.now();
  const opened = await gate.write(async (tx) => {
    const session = await openSession(tx, hospitalSessionTables, {
      id: user.id,
      kind,
      client: gate.client,
      now,
    });
    await tx.update(users).set({ lastSignInAt: now }).where(eq(users.id, user.id));
    const actor: UserActor = {
      kind: "user",
      userId: user.id,
      sessionId: session.sessionId,
      name: user.name,
      email: user.email,
      roleId: role.id,
      roleKey: role.key,
      roleName: role.name,
      permissions: new Set(role.permissions),
      // Of no use beyond the audit's name for who signed in.
      departments: [],
    };
    await audit(
      tx,
      { ...gate, actor },
      { event: "session.opened", entity: "session", entityId: session.sessionId },
    );
    return session;
  });
  const facts = {
    id: user.id,
    name: user.name,
    email: user.email,
    role: role.key,
    mustChangePassword: user.mustChangePassword,
  };
  return { ...opened, user: facts };
}

/** The access token of a session. */
// open: signs for a session that its caller has opened
export function hospitalAccessToken(
  gate: HospitalGate,
  session: { readonly sessionId: string; readonly personId: string },
): Promise<string> {
  return signAccessToken(gate.keyring, `hospital:${gate.hospital.id}`, session, gate.clock.now());
}

/** Changes a refresh token for the next and a new access token. @throws AppError unauthenticated (401). */
// open: the refresh token is the proof
export async function refreshHospitalTokens(
  gate: HospitalGate,
  refreshToken: string,
): Promise<OpenedSession & { readonly accessToken: string; readonly user: SignedInFacts }> {
  const now = gate.clock.now();
  const rotated = await gate.write((tx) => rotateRefreshToken(tx, hospitalSessionTables, refreshToken, now));
  const [found] =
    rotated === null
      ? []
      : await gate.db
          .select({ user: users, role: roles })
          .from(users)
          .innerJoin(roles, eq(users.roleId, roles.id))
          .where(eq(users.id, rotated.personId));
  if (rotated === null || found === undefined || found.user.status !== "active") {
    forgetHospitalActors();
    throw new AppError(
      "unauthenticated",
      "auth.session-ended",
      "This refresh token is not valid. Sign in again.",
    );
  }
  const { user, role } = found;
  return {
    ...rotated,
    accessToken: await hospitalAccessToken(gate, rotated),
    user: {
      id: user.id,
      name: user.name,
      email: user.email,
      role: role.key,
      mustChangePassword: user.mustChangePassword,
    },
  };
}

/** Ends the session of the person who asks, at once. */
// open: one may always leave
export async function signOutOfHospital(gate: HospitalGate, actor: UserActor): Promise<void> {
  await endSession(gate.db, hospitalSessionTables, actor.sessionId, gate.clock.now());
  forgetHospitalActors();
}
