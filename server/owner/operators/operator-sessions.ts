import { auditOwner } from "../../audit/audit.ts";
import { listSessionsOf, type SessionRow } from "../../auth/account-sessions.ts";
import { forgetOwnerActors } from "../../auth/owner-actor.ts";
import { ownerTables } from "../../auth/owner-plane.ts";
import { authorize } from "../../auth/permissions.ts";
import { clearSecondFactor } from "../../auth/second-factor.ts";
import { endSession, endSessionsOf } from "../../auth/sessions.ts";
import { AppError, notFound } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { stillMay } from "./operator-changes.ts";
import { getOperator, lockOperator } from "./operators.ts";

const here = ({ actor }: OwnerContext) => (actor.kind === "operator" ? actor.sessionId : null);

/** Where an operator is signed in. @throws AppError not-found (404); forbidden (403). */
export async function listOperatorSessions(
  context: OwnerContext,
  operatorId: string,
): Promise<readonly SessionRow[]> {
  authorize(context.actor, "operators:edit");
  const operator = await getOperator(context, operatorId);
  return listSessionsOf({ ...context, tables: ownerTables }, operator.id, here(context));
}

/** Ends one session of an operator, tokens included. @throws AppError not-found (404); forbidden (403). */
export async function endOperatorSession(
  context: OwnerContext,
  operatorId: string,
  sessionId: string,
): Promise<void> {
  authorize(context.actor, "operators:edit");
  const open = await listOperatorSessions(context, operatorId);
  if (!open.some((session) => session.id === sessionId)) throw notFound("session");
  await context.write(async (tx) => {
    await lockOperator(tx, operatorId);
    await stillMay(tx, context);
    await endSession(tx, ownerTables, sessionId, context.clock.now());
    await auditOwner(tx, context, {
      event: "session.ended",
      entity: "session",
      entityId: sessionId,
      details: { operator: operatorId },
    });
  });
  forgetOwnerActors();
}

/** Signs an operator out everywhere; of one's own sessions the one that asks stays. @throws AppError not-found (404); forbidden (403). */
export async function endOperatorSessions(context: OwnerContext, operatorId: string): Promise<void> {
  authorize(context.actor, "operators:edit");
  await context.write(async (tx) => {
    const { id } = await lockOperator(tx, operatorId);
    await stillMay(tx, context);
    await endSessionsOf(tx, ownerTables, id, context.clock.now(), here(context) ?? undefined);
    await auditOwner(tx, context, { event: "session.all-ended", entity: "operator", entityId: id });
  });
  forgetOwnerActors();
}

/**
 * For a lost phone: takes an operator's second factor away and signs them out everywhere; never one's own.
 * @throws AppError not-found (404); conflict (409) `second-factor.own`, `second-factor.none`; forbidden (403).
 */
export async function resetOperatorSecondFactor(context: OwnerContext, operatorId: string): Promise<void> {
  authorize(context.actor, "operators:edit");
  if (context.actor.kind === "operator" && context.actor.operatorId === operatorId)
    throw new AppError(
      "conflict",
      "second-factor.own",
      "Your own second factor you change on your account's page.",
    );
  await context.write(async (tx) => {
    const { id } = await lockOperator(tx, operatorId);
    await stillMay(tx, context);
    if (!(await clearSecondFactor({ tables: ownerTables }, tx, id)))
      throw new AppError("conflict", "second-factor.none", "There is no second factor.");
    await endSessionsOf(tx, ownerTables, id, context.clock.now());
    await auditOwner(tx, context, { event: "second-factor.reset", entity: "operator", entityId: id });
  });
  forgetOwnerActors();
}
