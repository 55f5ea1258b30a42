import { AppError } from "../errors.ts";
import { admitAttempt, countFailure, forgiveFailures } from "./attempts.ts";
import { findChallenge, missChallenge, openChallenge, spendChallenge } from "./challenges.ts";
import { deviceOf } from "./device.ts";
import { isFamiliarPlace, readPlaces, rememberPlace } from "./locks/places.ts";
import { renewHash } from "./password-change.ts";
import { verifyPassword } from "./passwords.ts";
import type { Account, Person, Plane, PlaneTx } from "./plane.ts";
import { type FactorProof, hasSecondFactor, proveSecondFactor, wrongCode } from "./second-factor-proof.ts";
import { endSession, type OpenedSession, openSession, rotateRefreshToken } from "./sessions.ts";
import type { SignInInput } from "./sign-in.input.ts";
import { signAccessToken } from "./tokens.ts";
import { inTurnAtDoor } from "./turns.ts";

/** What is told of a person who has signed in. */
export interface SignedInFacts {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly mustChangePassword: boolean;
  /** A second factor has to be set up before anything else is open. */
  readonly secondFactorDue: boolean;
}

export interface SignedIn extends OpenedSession {
  readonly step: "in";
  readonly user: SignedInFacts;
}

/** The password was right; a code of the second factor is awaited. */
export interface CodeAwaited {
  readonly step: "second-factor";
  readonly challenge: string;
  readonly expiresInSeconds: number;
}

const wrong = () =>
  new AppError("unauthenticated", "auth.bad-credentials", "The e-mail address or the password is not right.");

const ended = () =>
  new AppError("unauthenticated", "auth.session-ended", "This refresh token is not valid. Sign in again.");

const challengeOver = () =>
  new AppError(
    "unauthenticated",
    "auth.challenge-over",
    "That took too long, or too many tries. Sign in again.",
  );

function factsOf(person: Person, secondFactorDue: boolean): SignedInFacts {
  const { id, name, email, role, mustChangePassword } = person;
  return { id, name, email, role, mustChangePassword, secondFactorDue };
}

/**
 * The first step of signing in, in a browser or for tokens. An unknown address, a wrong password and a suspended
 * account answer alike, and take as long; whether there is a second factor is told only to a right password.
 * @throws AppError unauthenticated (401) `auth.bad-credentials`, too-many (429), unavailable (503) `auth.busy`.
 */
// open: whoever signs in is not known yet
export async function signIn(
  plane: Plane,
  input: SignInInput,
  kind: "browser" | "token",
): Promise<SignedIn | CodeAwaited> {
  return inTurnAtDoor(plane.where, () => provePassword(plane, input, kind));
}

async function provePassword(
  plane: Plane,
  input: SignInInput,
  kind: "browser" | "token",
): Promise<SignedIn | CodeAwaited> {
  const email = input.email.toLowerCase();
  const attempt = { plane, where: plane.where, email, address: plane.client.address };
  await admitAttempt(attempt);
  const person = await plane.personByEmail(email);
  const fits = await verifyPassword(input.password, person?.passwordHash ?? null);
  if (person === null || !fits || !person.active) {
    await countFailure(attempt);
    throw wrong();
  }
  await forgiveFailures(attempt);
  await renewHash(plane, person.id, person.passwordHash, input.password);
  if (await hasSecondFactor(plane, person.id))
    return { step: "second-factor", ...(await openChallenge(plane, person.id, kind)) };
  return letIn(plane, person, kind, person.needsSecondFactor);
}

/**
 * The second step: the challenge of the first, and a code or a recovery code.
 * @throws AppError unauthenticated (401) `auth.challenge-over`, `auth.code-wrong`; too-many (429) `auth.code-locked`.
 */
// open: the challenge is the proof of the password, the code that of the second factor
export async function answerChallenge(
  plane: Plane,
  answer: FactorProof & { readonly challenge: string },
  kind: "browser" | "token",
): Promise<SignedIn> {
  const challenge = await findChallenge(plane, answer.challenge, kind);
  const person = challenge === null ? null : await plane.personById(challenge.personId);
  if (challenge === null || person === null || !person.active) throw challengeOver();
  if (!(await proveSecondFactor(plane, person.id, answer))) {
    await missChallenge(plane, challenge.id);
    throw wrongCode();
  }
  if (!(await spendChallenge(plane, challenge.id))) throw challengeOver();
  return letIn(plane, person, kind, false);
}

/** Opens the session. Who was never seen in this browser or from this place is told so by mail; not at their first. */
async function letIn(
  plane: Plane,
  person: Person,
  kind: "browser" | "token",
  enrolmentDue: boolean,
): Promise<SignedIn> {
  const { client, clock, tables } = plane;
  // A program keeps no mark of its own: it is known by its address.
  const place = kind === "token" ? { ...plane, client: { ...client, device: null } } : plane;
  const places = await readPlaces(place, person.id);
  const familiar = await isFamiliarPlace(place, person.id, places);
  const opened = await plane.write(async (tx) => {
    const who = { id: person.id, kind, client, enrolmentDue, now: clock.now() };
    const session = await openSession(tx, tables, who);
    await plane.noteSignIn(tx, person);
    await plane.audit(tx, person.actorIn(session.sessionId), {
      event: "session.opened",
      entity: "session",
      entityId: session.sessionId,
    });
    if (!familiar) await tellOfNewDevice(tx, plane, person.id);
    return session;
  });
  await rememberPlace(place, person.id, places);
  return { step: "in", ...opened, user: factsOf(person, enrolmentDue) };
}

async function tellOfNewDevice(tx: PlaneTx, { client, credentials }: Plane, personId: string): Promise<void> {
  const to = await credentials.readById(tx, personId);
  if (to === null) return;
  await credentials.mail(tx, {
    template: "new-device",
    to: to.email,
    language: to.language ?? credentials.language,
    data: { name: to.name, device: deviceOf(client.userAgent), address: client.address },
    path: "/profile",
  });
}

/** The access token of a session. */
// open: signs for a session that its caller has opened
export function accessTokenOf(
  plane: Plane,
  session: { readonly sessionId: string; readonly personId: string },
): Promise<string> {
  return signAccessToken(plane.keyring, plane.audience, session, plane.clock.now());
}

/** Changes a refresh token for the next and a new access token. @throws AppError unauthenticated (401). */
// open: the refresh token is the proof
export async function refreshTokens(
  plane: Plane,
  refreshToken: string,
): Promise<OpenedSession & { readonly accessToken: string; readonly user: SignedInFacts }> {
  const now = plane.clock.now();
  const rotated = await plane.write((tx) => rotateRefreshToken(tx, plane.tables, refreshToken, now));
  const person = rotated === null ? null : await plane.personById(rotated.personId);
  if (rotated === null || person === null || !person.active) {
    plane.forget();
    throw ended();
  }
  return {
    ...rotated,
    accessToken: await accessTokenOf(plane, rotated),
    user: factsOf(person, rotated.enrolmentDue),
  };
}

/** Ends the session of the person who asks, at once. */
// open: one may always leave
export async function signOut({ plane, sessionId }: Pick<Account, "plane" | "sessionId">): Promise<void> {
  await endSession(plane.db, plane.tables, sessionId, plane.clock.now());
  plane.forget();
}
