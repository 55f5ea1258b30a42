import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { notFound } from "../errors.ts";
import { deviceOf } from "./device.ts";
import type { Account, Plane } from "./plane.ts";
import { endSession, endSessionsOf } from "./sessions.ts";

/** One place where somebody is signed in. */
export interface SessionRow {
  readonly id: string;
  readonly kind: "browser" | "token";
  /** "Firefox, Windows", as far as the device says. */
  readonly device: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  /** The one that asks. */
  readonly here: boolean;
}

/** Where somebody is signed in now, the last used first. */
// open: part of rules that have authorized, or of one's own account
export async function listSessionsOf(
  plane: Pick<Plane, "db" | "tables" | "clock">,
  personId: string,
  hereId: string | null,
): Promise<readonly SessionRow[]> {
  const { sessions } = plane.tables;
  const rows = await plane.db
    .select({
      id: sessions.id,
      kind: sessions.kind,
      userAgent: sessions.userAgent,
      address: sessions.address,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.personId, personId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, plane.clock.now()),
      ),
    )
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(100);
  return rows.map(({ userAgent, ...row }) => ({
    ...row,
    device: deviceOf(userAgent),
    here: row.id === hereId,
  }));
}

/** Where one is signed in oneself. */
// open: one's own account
export function listOwnSessions({ plane, personId, sessionId }: Account): Promise<readonly SessionRow[]> {
  return listSessionsOf(plane, personId, sessionId);
}

/** Ends one of one's own sessions, tokens included. @throws AppError not-found (404) where it is not one's own. */
// open: one's own account
export async function endOwnSession(account: Account, id: string): Promise<void> {
  const { plane, actor } = account;
  const own = await listOwnSessions(account);
  if (!own.some((session) => session.id === id)) throw notFound("session");
  await plane.write(async (tx) => {
    await endSession(tx, plane.tables, id, plane.clock.now());
    await plane.audit(tx, actor, { event: "session.ended", entity: "session", entityId: id });
  });
  plane.forget();
}

/** Ends all of one's own sessions but this one. */
// open: one's own account
export async function endOtherSessions({ plane, personId, sessionId, actor }: Account): Promise<void> {
  await plane.write(async (tx) => {
    await endSessionsOf(tx, plane.tables, personId, plane.clock.now(), sessionId);
    await plane.audit(tx, actor, {
      event: "session.others-ended",
      entity: actor.kind,
      entityId: personId,
    });
  });
  plane.forget();
}
