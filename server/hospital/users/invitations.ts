import { and, eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { userInvitations, users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import {
  type Invited,
  invitationGone,
  invitationPath,
  lockedPasswordHash,
  looksLikeToken,
  newInvitation,
  notSpent,
  refuseAccepted,
  stillOpen,
} from "../../auth/invitations.ts";
import { authorize, staffIdOf } from "../../auth/permissions.ts";
import { invalidField } from "../../errors.ts";
import { sendMail } from "../../mail/mail.ts";
import type { HospitalContext, HospitalGate } from "../../tenancy/context.ts";
import { releaseLimit } from "../../tenancy/limits.ts";
import { actorNow } from "../roles/granting.ts";
import { addUser, tidy } from "./add-user.ts";
import { requireProofForAdmin } from "./admin-grant.ts";
import { hashOwnPassword } from "./own-password.ts";
import type { InviteUserInput } from "./users.input.ts";
import { lockToAdminister } from "./users.ts";
import type { User } from "./users-list.ts";

export interface InvitationState {
  readonly sentAt: Date;
  readonly expiresAt: Date;
  readonly sends: number;
  readonly invitedByName: string;
  readonly acceptedAt: Date | null;
}

/**
 * Invites somebody to the staff by mail: a link that works once, for seven days. Their place in the plan is taken
 * from now on, and given back where the invitation is withdrawn.
 * @throws AppError invalid (422) naming fields; payment-required (402) `limit.users`; forbidden (403).
 */
export async function inviteUser(context: HospitalContext, input: InviteUserInput): Promise<User> {
  authorize(context.actor, "users:create");
  await requireProofForAdmin(context, [input.roleId]);
  const passwordHash = await lockedPasswordHash();
  return context.write(async (tx) => {
    const actor = await actorNow(tx, context.actor, "users:create");
    const user = await addUser(tx, context, actor, input, { passwordHash, invited: true });
    await sendInvitation(tx, context, user);
    return user;
  });
}

/** Mails a fresh link; a former one stops working. */
// open: part of rules that have authorized
export async function sendInvitation(tx: HospitalTx, context: HospitalContext, user: User): Promise<void> {
  const { token, row } = newInvitation(context.clock.now());
  const facts = {
    ...row,
    invitedBy: staffIdOf(context.actor),
    invitedByName: context.actor.name,
    updatedAt: row.sentAt,
  };
  await tx
    .insert(userInvitations)
    .values({ userId: user.id, ...facts, createdAt: row.sentAt })
    .onConflictDoUpdate({
      target: userInvitations.userId,
      set: {
        ...facts,
        sends: sql`${userInvitations.sends} + 1`,
        version: sql`${userInvitations.version} + 1`,
      },
    });
  await sendMail(tx, context, {
    template: "invite",
    to: user.email,
    language: context.hospital.language,
    data: { name: user.name, inviter: context.actor.name },
    path: invitationPath(token),
  });
}

/** How an invitation stands; null where the person was never invited. @throws AppError forbidden (403). */
export async function readInvitation(
  context: HospitalContext,
  userId: string,
): Promise<InvitationState | null> {
  authorize(context.actor, "users:read");
  const { sentAt, expiresAt, sends, invitedByName, acceptedAt } = userInvitations;
  const [row] = await context.db
    .select({ sentAt, expiresAt, sends, invitedByName, acceptedAt })
    .from(userInvitations)
    .where(eq(userInvitations.userId, userId));
  return row ?? null;
}

/**
 * Sends an invitation again, with a fresh link and seven more days.
 * @throws AppError not-found (404); conflict (409) `invitation.accepted`; forbidden (403).
 */
export async function resendInvitation(context: HospitalContext, id: string): Promise<User> {
  authorize(context.actor, "users:create");
  return context.write(async (tx) => {
    const { current } = await lockToAdminister(tx, context, "users:create", id);
    refuseAccepted(current);
    await sendInvitation(tx, context, current);
    await audit(tx, context, { event: "user.invitation-resent", entity: "user", entityId: id });
    return current;
  });
}

/**
 * Takes an invitation back: the link dies, the account that waited is gone, its place in the plan is free.
 * @throws AppError not-found (404); conflict (409) `invitation.accepted`; forbidden (403).
 */
export async function withdrawInvitation(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "users:create");
  await context.write(async (tx) => {
    const { current, role } = await lockToAdminister(tx, context, "users:create", id);
    refuseAccepted(current);
    await tx.delete(users).where(eq(users.id, id));
    await releaseLimit(tx, "users");
    await audit(tx, context, {
      event: "user.invitation-withdrawn",
      entity: "user",
      entityId: id,
      details: { role: role.key },
    });
  });
}

/** Whom a link invites. @throws AppError gone (410) `invitation.gone`. */
// open: the link's secret is the proof
export async function invitedBy(gate: HospitalGate, token: string): Promise<Invited> {
  const [row] = looksLikeToken(token)
    ? await gate.db
        .select({ id: users.id, name: users.name, email: users.email })
        .from(userInvitations)
        .innerJoin(users, eq(users.id, userInvitations.userId))
        .where(and(stillOpen(userInvitations, token, gate.clock.now()), eq(users.status, "invited")))
    : [];
  if (row === undefined) throw invitationGone();
  return row;
}

/**
 * Somebody invited comes in: they choose their name and a password under the hospital's policy, and the link is spent.
 * @throws AppError gone (410) `invitation.gone`; invalid (422) naming fields.
 */
// open: the link's secret is the proof
export async function acceptInvitation(
  gate: HospitalGate,
  input: { readonly token: string; readonly name: string; readonly password: string },
): Promise<Invited> {
  const found = await invitedBy(gate, input.token);
  const name = tidy(input.name);
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const passwordHash = await hashOwnPassword(gate, found, input.password);
  const now = gate.clock.now();
  return gate.write(async (tx) => {
    const spent = await tx
      .update(userInvitations)
      .set({ acceptedAt: now, updatedAt: now, version: sql`${userInvitations.version} + 1` })
      .where(notSpent(userInvitations, input.token))
      .returning({ id: userInvitations.id });
    const [person] = await tx
      .update(users)
      .set({
        ...{ name, passwordHash, passwordChangedAt: now, status: "active", updatedAt: now },
        version: sql`${users.version} + 1`,
      })
      .where(and(eq(users.id, found.id), eq(users.status, "invited")))
      .returning({ id: users.id, name: users.name, email: users.email });
    if (spent.length === 0 || person === undefined) throw invitationGone();
    await audit(
      tx,
      { ...gate, actor: { kind: "system", name: person.name } },
      { event: "user.invitation-accepted", entity: "user", entityId: person.id },
    );
    return person;
  });
}
