import { and, eq, gt, isNull, ne } from "drizzle-orm";
import type { ControlDb, ControlTx, HospitalDb, HospitalTx } from "../../db/planes.ts";
import type { SessionTables } from "../../db/schema/sessions.ts";
import { randomSecret, sha256 } from "../crypto.ts";
import type { ClientFacts } from "../tenancy/context.ts";
import { refreshTokenSeconds } from "./tokens.ts";

type Db = ControlDb | HospitalDb;
type Tx = ControlTx | HospitalTx;

/** A browser session ends after this time without a sign-in anew. */
export const browserSessionSeconds = 14 * 24 * 3600;

export interface OpenedSession {
  readonly sessionId: string;
  /** The cookie's value, or for tokens the first refresh token. Never stored. */
  readonly secret: string;
}

/** Opens a session for a person who has just proved who they are. */
export async function openSession(
  tx: Tx,
  tables: SessionTables,
  person: {
    readonly id: string;
    readonly kind: "browser" | "token";
    readonly client: ClientFacts;
    readonly now: Date;
    /** Nothing is open in it before a second factor is set up. */
    readonly enrolmentDue?: boolean;
  },
): Promise<OpenedSession> {
  const secret = randomSecret();
  const sessionId = Bun.randomUUIDv7();
  const seconds = person.kind === "browser" ? browserSessionSeconds : refreshTokenSeconds;
  const expiresAt = new Date(person.now.getTime() + seconds * 1000);
  await tx.insert(tables.sessions).values({
    id: sessionId,
    personId: person.id,
    kind: person.kind,
    tokenHash: sha256(secret),
    userAgent: person.client.userAgent?.slice(0, 300) ?? null,
    address: person.client.address,
    createdAt: person.now,
    lastSeenAt: person.now,
    provedAt: person.now,
    enrolmentDue: person.enrolmentDue ?? false,
    expiresAt,
  });
  if (person.kind === "token") {
    await tx
      .insert(tables.refreshTokens)
      .values({ sessionId, tokenHash: sha256(secret), createdAt: person.now, expiresAt });
  }
  return { sessionId, secret };
}

/**
 * Changes a refresh token for the next one. A token spent before is a stolen copy: the session it belongs to ends.
 * Resolves to null where the token is unknown, expired, spent or of an ended session.
 */
export async function rotateRefreshToken(
  tx: Tx,
  tables: SessionTables,
  token: string,
  now: Date,
): Promise<(OpenedSession & { readonly personId: string; readonly enrolmentDue: boolean }) | null> {
  const { sessions, refreshTokens } = tables;
  const [found] = await tx
    .select({
      id: refreshTokens.id,
      spentAt: refreshTokens.spentAt,
      expiresAt: refreshTokens.expiresAt,
      sessionId: sessions.id,
      personId: sessions.personId,
      revokedAt: sessions.revokedAt,
      enrolmentDue: sessions.enrolmentDue,
    })
    .from(refreshTokens)
    .innerJoin(sessions, eq(refreshTokens.sessionId, sessions.id))
    .where(eq(refreshTokens.tokenHash, sha256(token)))
    .for("update");
  if (found === undefined || found.revokedAt !== null || found.expiresAt <= now) return null;
  if (found.spentAt !== null) {
    await tx.update(sessions).set({ revokedAt: now }).where(eq(sessions.id, found.sessionId));
    return null;
  }
  const secret = randomSecret();
  await tx.update(refreshTokens).set({ spentAt: now }).where(eq(refreshTokens.id, found.id));
  await tx.insert(refreshTokens).values({
    sessionId: found.sessionId,
    tokenHash: sha256(secret),
    createdAt: now,
    expiresAt: new Date(now.getTime() + refreshTokenSeconds * 1000),
  });
  await tx.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, found.sessionId));
  const { sessionId, personId, enrolmentDue } = found;
  return { sessionId, personId, enrolmentDue, secret };
}

/** Ends one session at once, tokens included. */
export async function endSession(db: Db, tables: SessionTables, sessionId: string, now: Date): Promise<void> {
  await db
    .update(tables.sessions)
    .set({ revokedAt: now })
    .where(and(eq(tables.sessions.id, sessionId), isNull(tables.sessions.revokedAt)));
}

/** Ends the session that a browser was signed in with, where its cookie is still one. */
export async function endSessionOfCookie(
  db: Db,
  { sessions }: Pick<SessionTables, "sessions">,
  secret: string,
  now: Date,
): Promise<void> {
  const which = and(eq(sessions.tokenHash, sha256(secret)), eq(sessions.kind, "browser"));
  await db
    .update(sessions)
    .set({ revokedAt: now })
    .where(and(which, isNull(sessions.revokedAt)));
}

/** Ends every session of a person, but one where it is named. */
export async function endSessionsOf(
  tx: Tx,
  tables: SessionTables,
  personId: string,
  now: Date,
  but?: string,
): Promise<void> {
  const { sessions } = tables;
  await tx
    .update(sessions)
    .set({ revokedAt: now })
    .where(
      and(
        eq(sessions.personId, personId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        ...(but === undefined ? [] : [ne(sessions.id, but)]),
      ),
    );
}
