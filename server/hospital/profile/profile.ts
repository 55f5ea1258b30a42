import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { sessions } from "../../../db/schema/hospital/sessions.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { admitAttempt, countFailure } from "../../auth/attempts.ts";
import { forgetHospitalActors, hospitalSessionTables } from "../../auth/hospital-actor.ts";
import { hashPassword, verifyPassword } from "../../auth/passwords.ts";
import type { UserActor } from "../../auth/permissions.ts";
import { endSession, endSessionsOf } from "../../auth/sessions.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { PasswordInput, ProfileInput } from "./profile.input.ts";

/** A person's own account; only people have one. @throws AppError forbidden (403). */
function ownAccount(context: HospitalContext): UserActor {
  if (context.actor.kind === "user") return context.actor;
  throw new AppError("forbidden", "user.none", "Only a person has a profile.");
}

export interface Profile {
  readonly name: string;
  readonly email: string;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
  readonly mustChangePassword: boolean;
}

/** What a person set for themselves. */
// open: one's own account
export async function getProfile(context: HospitalContext): Promise<Profile> {
  const { userId } = ownAccount(context);
  const [row] = await context.db
    .select({
      name: users.name,
      email: users.email,
      language: users.language,
      theme: users.theme,
      mustChangePassword: users.mustChangePassword,
    })
    .from(users)
    .where(eq(users.id, userId));
  if (row === undefined) throw notFound("user");
  return row;
}

/** Changes one's own name, language and appearance. @throws AppError invalid (422). */
// open: one's own account
export async function updateProfile(context: HospitalContext, input: ProfileInput): Promise<void> {
  const { userId } = ownAccount(context);
  const name = input.name.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const now = context.clock.now();
  await context.write(async (tx) => {
    await tx
      .update(users)
      .set({
        ...{ name, language: input.language ?? null, theme: input.theme, updatedAt: now },
        version: sql`${users.version} + 1`,
      })
      .where(eq(users.id, userId));
    await audit(tx, context, { event: "user.profile-changed", entity: "user", entityId: userId });
  });
  forgetHospitalActors();
}

/**
 * Changes one's own password. Wrong tries count as failed sign-ins; all other sessions end.
 * @throws AppError invalid (422) naming the field; too-many (429).
 */
// open: one's own account, proved by the current password
export async function changeOwnPassword(context: HospitalContext, input: PasswordInput): Promise<void> {
  const { userId, sessionId, email } = ownAccount(context);
  if (input.newPassword !== input.repeatPassword)
    throw invalidField("repeatPassword", "not-same", "The two do not match.");
  if (input.newPassword === input.currentPassword)
    throw invalidField("newPassword", "too-weak", "Choose one that differs from the current password.");
  const [row] = await context.db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  const attempt = { where: context.hospital.id, email, address: context.client.address };
  await admitAttempt(attempt);
  if (!(await verifyPassword(input.currentPassword, row?.passwordHash ?? null))) {
    await countFailure(attempt);
    throw invalidField("currentPassword", "invalid", "This is not your current password.");
  }
  const passwordHash = await hashPassword(input.newPassword);
  const now = context.clock.now();
  await context.write(async (tx) => {
    await tx
      .update(users)
      .set({ passwordHash, mustChangePassword: false, updatedAt: now, version: sql`${users.version} + 1` })
      .where(eq(users.id, userId));
    await endSessionsOf(tx, hospitalSessionTables, userId, now, sessionId);
    await audit(tx, context, { event: "user.password-changed", entity: "user", entityId: userId });
  });
  forgetHospitalActors();
}

export interface OwnSession {
  readonly id: string;
  readonly kind: "browser" | "token";
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** The one that asks. */
  readonly here: boolean;
}

/** Where one is signed in now, the last used first. */
// open: one's own account
export async function listOwnSessions(context: HospitalContext): Promise<readonly OwnSession[]> {
  const { userId, sessionId } = ownAccount(context);
  const rows = await context.db
    .select({
      id: sessions.id,
      kind: sessions.kind,
      userAgent: sessions.userAgent,
      address: sessions.address,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.personId, userId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, context.clock.now()),
      ),
    )
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(100);
  return rows.map((row) => ({ ...row, here: row.id === sessionId }));
}

/** Ends one of one's own sessions, tokens included. @throws AppError not-found (404) where it is not one's own. */
// open: one's own account
export async function endOwnSession(context: HospitalContext, id: string): Promise<void> {
  const own = await listOwnSessions(context);
  if (!own.some((session) => session.id === id)) throw notFound("session");
  await context.write(async (tx) => {
    await endSession(tx, hospitalSessionTables, id, context.clock.now());
    await audit(tx, context, { event: "session.ended", entity: "session", entityId: id });
  });
  forgetHospitalActors();
}

/** Ends all of one's own sessions but this one. */
// open: one's own account
export async function endOtherSessions(context: HospitalContext): Promise<void> {
  const { userId, sessionId } = ownAccount(context);
  await context.write(async (tx) => {
    await endSessionsOf(tx, hospitalSessionTables, userId, context.clock.now(), sessionId);
    await audit(tx, context, { event: "session.others-ended", entity: "user", entityId: userId });
  });
  forgetHospitalActors();
}
