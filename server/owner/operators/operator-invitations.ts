import { and, eq, sql } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { operatorInvitations, operators } from "../../../db/schema/control/operators.ts";
import { auditOwner } from "../../audit/audit.ts";
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
import { authorize, type OperatorRole } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { sendOwnerMail } from "../../mail/mail.ts";
import type { OwnerContext, OwnerGate } from "../../tenancy/context.ts";
import { setOwnPassword } from "./operator-password.ts";
import {
  insertOperator,
  lockOperator,
  type OperatorSummary,
  readOperator,
  refusingTaken,
  tidyOperator,
} from "./operators.ts";

export interface OperatorInvitation {
  readonly name: string;
  readonly email: string;
  readonly role: OperatorRole;
}

/**
 * Invites somebody to the owner portal by mail: a link that works once, for seven days. A super-admin is invited
 * only by a fresh proof of who does it.
 * @throws AppError invalid (422); conflict (409) where the email is in use; forbidden (403).
 */
export async function inviteOperator(
  context: OwnerContext,
  asked: OperatorInvitation,
): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  const person = tidyOperator(asked);
  if (person.role === "super-admin") await requireStepUp(context, "role.grant-admin");
  const passwordHash = await lockedPasswordHash();
  return refusingTaken(() =>
    context.write(async (tx) => {
      const made = await insertOperator(tx, context, { ...person, passwordHash, status: "invited" });
      await send(tx, context, made);
      return readOperator(tx, made.id);
    }),
  );
}

async function send(tx: ControlTx, context: OwnerContext, person: OperatorSummary): Promise<void> {
  const { token, row } = newInvitation(context.clock.now());
  const facts = { ...row, invitedByName: context.actor.name, updatedAt: row.sentAt };
  await tx
    .insert(operatorInvitations)
    .values({ operatorId: person.id, ...facts, createdAt: row.sentAt })
    .onConflictDoUpdate({
      target: operatorInvitations.operatorId,
      set: {
        ...facts,
        sends: sql`${operatorInvitations.sends} + 1`,
        version: sql`${operatorInvitations.version} + 1`,
      },
    });
  await sendOwnerMail(tx, context, {
    template: "invite",
    to: person.email,
    language: "en",
    data: { name: person.name, inviter: context.actor.name },
    path: invitationPath(token),
  });
}

/** Sends a fresh link; the former one stops working. @throws AppError not-found (404); conflict (409) `invitation.accepted`. */
export async function resendOperatorInvitation(context: OwnerContext, id: string): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  return context.write(async (tx) => {
    const person = await lockOperator(tx, id);
    refuseAccepted(person);
    await send(tx, context, person);
    await auditOwner(tx, context, { event: "operator.invitation-resent", entity: "operator", entityId: id });
    return readOperator(tx, id);
  });
}

/** Takes an invitation back: the link dies and the account that waited is gone. */
export async function withdrawOperatorInvitation(context: OwnerContext, id: string): Promise<void> {
  authorize(context.actor, "operators:edit");
  await context.write(async (tx) => {
    const person = await lockOperator(tx, id);
    refuseAccepted(person);
    await tx.delete(operators).where(eq(operators.id, id));
    await auditOwner(tx, context, {
      event: "operator.invitation-withdrawn",
      entity: "operator",
      entityId: id,
      details: { role: person.role },
    });
  });
}

/** Whom a link invites. @throws AppError gone (410) `invitation.gone`. */
// open: the link's secret is the proof
export async function readOperatorInvitation(gate: OwnerGate, token: string): Promise<Invited> {
  const [row] = looksLikeToken(token)
    ? await gate.db
        .select({ id: operators.id, name: operators.name, email: operators.email })
        .from(operatorInvitations)
        .innerJoin(operators, eq(operators.id, operatorInvitations.operatorId))
        .where(and(stillOpen(operatorInvitations, token, gate.clock.now()), eq(operators.status, "invited")))
    : [];
  if (row === undefined) throw invitationGone();
  return row;
}

/**
 * Somebody invited comes in: they choose their name and password, and the link is spent.
 * @throws AppError gone (410); invalid (422) naming fields.
 */
// open: the link's secret is the proof
export async function acceptOperatorInvitation(
  gate: OwnerGate,
  input: { readonly token: string; readonly name: string; readonly password: string },
): Promise<Invited> {
  const found = await readOperatorInvitation(gate, input.token);
  const { name } = tidyOperator({ name: input.name, email: found.email, role: "admin" });
  const now = gate.clock.now();
  return setOwnPassword(gate, found.id, input.password, async (tx, passwordHash) => {
    const spent = await tx
      .update(operatorInvitations)
      .set({ acceptedAt: now, updatedAt: now, version: sql`${operatorInvitations.version} + 1` })
      .where(notSpent(operatorInvitations, input.token))
      .returning({ id: operatorInvitations.id });
    if (spent.length === 0) throw invitationGone();
    const [person] = await tx
      .update(operators)
      .set({
        ...{ name, passwordHash, passwordChangedAt: now, status: "active", updatedAt: now },
        version: sql`${operators.version} + 1`,
      })
      .where(and(eq(operators.id, found.id), eq(operators.status, "invited")))
      .returning({ id: operators.id, name: operators.name, email: operators.email });
    if (person === undefined) throw invitationGone();
    await auditOwner(
      tx,
      { ...gate, actor: { kind: "system", name: person.name } },
      { event: "operator.invitation-accepted", entity: "operator", entityId: person.id },
    );
    return person;
  });
}
