import { audit } from "../../audit/audit.ts";
import { listSessionsOf, type SessionRow } from "../../auth/account-sessions.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import { hospitalTables } from "../../auth/hospital-plane.ts";
import { authorize } from "../../auth/permissions.ts";
import { clearSecondFactor } from "../../auth/second-factor.ts";
import { endSession, endSessionsOf } from "../../auth/sessions.ts";
import { AppError, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { lockToAdminister } from "./users.ts";
import { getUser } from "./users-list.ts";

const here = ({ actor }: HospitalContext) => (actor.kind === "user" ? actor.sessionId : null);

/** Where one of the staff is signed in. @throws AppError not-found (404); forbidden (403). */
export async function listUserSessions(
  context: HospitalContext,
  userId: string,
): Promise<readonly SessionRow[]> {
  authorize(context.actor, "users:read");
  const user = await getUser(context, userId);
  return listSessionsOf({ ...context, tables: hospitalTables }, user.id, here(context));
}

/** Ends one session of one of the staff, tokens included. @throws AppError not-found (404); forbidden (403). */
export async function endUserSession(
  context: HospitalContext,
  userId: string,
  sessionId: string,
): Promise<void> {
  authorize(context.actor, "users:suspend");
  const open = isId(userId) ? await listSessionsOf({ ...context, tables: hospitalTables }, userId, null) : [];
  await context.write(async (tx) => {
    const { current } = await lockToAdminister(tx, context, "users:suspend", userId);
    if (!open.some((session) => session.id === sessionId)) throw notFound("session");
    await endSession(tx, hospitalTables, sessionId, context.clock.now());
    await audit(tx, context, {
      event: "session.ended",
      entity: "session",
      entityId: sessionId,
      details: { user: current.id },
    });
  });
  forgetHospitalActors();
}

/** Signs one of the staff out everywhere; of one's own sessions the one that asks stays. @throws AppError not-found (404); forbidden (403). */
export async function endUserSessions(context: HospitalContext, userId: string): Promise<void> {
  authorize(context.actor, "users:suspend");
  await context.write(async (tx) => {
    const { current } = await lockToAdminister(tx, context, "users:suspend", userId);
    const but = here(context) ?? undefined;
    await endSessionsOf(tx, hospitalTables, current.id, context.clock.now(), but);
    await audit(tx, context, { event: "session.all-ended", entity: "user", entityId: current.id });
  });
  forgetHospitalActors();
}

/**
 * For a lost phone: takes somebody's second factor away and signs them out everywhere. One's own goes by one's own
 * page, which asks for a proof.
 * @throws AppError not-found (404); conflict (409) `second-factor.own`, `second-factor.none`; forbidden (403).
 */
export async function resetUserSecondFactor(context: HospitalContext, userId: string): Promise<void> {
  authorize(context.actor, "users:update");
  if (context.actor.kind === "user" && context.actor.userId === userId)
    throw new AppError(
      "conflict",
      "second-factor.own",
      "Your own second factor you change on your account's page.",
    );
  await context.write(async (tx) => {
    const { current } = await lockToAdminister(tx, context, "users:update", userId);
    if (!(await clearSecondFactor({ tables: hospitalTables }, tx, current.id)))
      throw new AppError("conflict", "second-factor.none", "There is no second factor.");
    await endSessionsOf(tx, hospitalTables, current.id, context.clock.now());
    await audit(tx, context, { event: "second-factor.reset", entity: "user", entityId: current.id });
  });
  forgetHospitalActors();
}
