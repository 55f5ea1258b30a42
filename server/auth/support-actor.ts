import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import { supportGrants, supportSessions } from "../../db/schema/hospital/support.ts";
import { audit } from "../audit/audit.ts";
import { randomSecret, sha256 } from "../crypto.ts";
import { AppError } from "../errors.ts";
import type { HospitalContext, HospitalGate } from "../tenancy/context.ts";
import { ShortCache } from "./cache.ts";
import type { SupportActor } from "./permissions.ts";

/** A one-time link opens for this long. */
export const linkSeconds = 60;

const known = new ShortCache<SupportActor | null>(400, 2_000);

/** Forgets who of support is inside, so that an end counts at the next request. */
export function forgetSupport(): void {
  known.clear();
}

/** The operator whose browser holds this cookie; null where the hospital has ended it or the time is over. */
// open: this is how a request learns who asks
export async function supportOfCookie(gate: HospitalGate, secret: string): Promise<SupportActor | null> {
  const key = `${gate.hospital.id} ${sha256(secret)}`;
  let found = known.get(key);
  if (found === undefined) {
    found = await lookUp(gate, eq(supportSessions.tokenHash, sha256(secret)));
    known.set(key, found);
  }
  return found !== null && found.until > gate.clock.now() ? found : null;
}

/** Whether a session of support is open still, asked of the database itself; for streams that stay open. */
// open: this is how a stream learns that its session ended
export async function isSupportOpen(gate: HospitalGate, sessionId: string): Promise<boolean> {
  return (await lookUp(gate, eq(supportSessions.id, sessionId))) !== null;
}

async function lookUp(gate: HospitalGate, which: ReturnType<typeof eq>): Promise<SupportActor | null> {
  const [row] = await gate.db
    .select({ sessionId: supportSessions.id, grant: supportGrants })
    .from(supportSessions)
    .innerJoin(supportGrants, eq(supportGrants.id, supportSessions.grantId))
    .where(
      and(
        which,
        isNull(supportSessions.endedAt),
        eq(supportGrants.status, "accepted"),
        gt(supportGrants.expiresAt, gate.clock.now()),
      ),
    );
  return row === undefined || row.grant.expiresAt === null
    ? null
    : actorOf(row.grant, row.sessionId, row.grant.expiresAt);
}

function actorOf(grant: typeof supportGrants.$inferSelect, sessionId: string, until: Date): SupportActor {
  return {
    kind: "support",
    operatorId: grant.operatorId,
    grantId: grant.id,
    sessionId,
    name: grant.operatorName,
    email: grant.operatorEmail,
    permissions: new Set(grant.permissions),
    until,
  };
}

/**
 * Makes the link by which an operator who was let in comes in: it opens once, for a minute. A link made before it
 * opens no more. @throws AppError conflict (409) `support.not-open` where they are not let in.
 */
// open: called by the bridge, which has authorized the operator whose request it is
export async function issueSupportLink(
  context: HospitalContext,
  grantId: string,
  operatorId: string,
): Promise<string> {
  const secret = randomSecret();
  const now = context.clock.now();
  await context.write(async (tx) => {
    const made = await tx
      .update(supportGrants)
      .set({ linkHash: sha256(secret), linkExpiresAt: new Date(now.getTime() + linkSeconds * 1000) })
      .where(
        and(
          eq(supportGrants.id, grantId),
          eq(supportGrants.operatorId, operatorId),
          eq(supportGrants.status, "accepted"),
          gt(supportGrants.expiresAt, now),
        ),
      )
      .returning({ id: supportGrants.id });
    if (made.length === 0)
      throw new AppError("conflict", "support.not-open", "The hospital has not let you in, or no longer.");
    await audit(tx, context, { event: "support.link-made", entity: "support-grant", entityId: grantId });
  });
  return secret;
}

/** Opens a browser's session by a one-time link, spending it. @throws AppError gone (410) `support.link-gone`. */
// open: the link's secret is what lets in
export async function enterByLink(
  gate: HospitalGate,
  code: string,
): Promise<{ readonly secret: string; readonly until: Date }> {
  const secret = randomSecret();
  const now = gate.clock.now();
  return gate.write(async (tx) => {
    const [grant] = await tx
      .update(supportGrants)
      .set({ linkHash: null, enteredAt: sql`coalesce(${supportGrants.enteredAt}, ${now.toISOString()})` })
      .where(
        and(
          eq(supportGrants.linkHash, sha256(code)),
          eq(supportGrants.status, "accepted"),
          gt(supportGrants.linkExpiresAt, now),
          gt(supportGrants.expiresAt, now),
        ),
      )
      .returning();
    if (grant === undefined || grant.expiresAt === null)
      throw new AppError(
        "gone",
        "support.link-gone",
        "This link has been used or is too old. Ask for another in the owner portal.",
      );
    const sessionId = Bun.randomUUIDv7();
    await tx.insert(supportSessions).values({
      ...{ id: sessionId, grantId: grant.id, tokenHash: sha256(secret), createdAt: now },
      ...{ userAgent: gate.client.userAgent?.slice(0, 300) ?? null, address: gate.client.address },
    });
    const actor = actorOf(grant, sessionId, grant.expiresAt);
    await audit(
      tx,
      { ...gate, actor },
      { event: "support.entered", entity: "support-grant", entityId: grant.id, reason: grant.reason },
    );
    return { secret, until: grant.expiresAt };
  });
}

/** Support leaves by itself; the hospital's permission stands until its time is over. */
// open: ends who asks alone
export async function leaveAsSupport(context: HospitalContext): Promise<void> {
  const { actor } = context;
  if (actor.kind !== "support") return;
  const now = context.clock.now();
  await context.write(async (tx) => {
    await tx.update(supportSessions).set({ endedAt: now }).where(eq(supportSessions.id, actor.sessionId));
    await audit(tx, context, { event: "support.left", entity: "support-grant", entityId: actor.grantId });
  });
  forgetSupport();
}

/** Ends every session of a grant. */
// open: part of a rule that has authorized
export async function endSupportSessions(tx: HospitalTx, grantId: string, now: Date): Promise<void> {
  await tx
    .update(supportSessions)
    .set({ endedAt: now })
    .where(and(eq(supportSessions.grantId, grantId), isNull(supportSessions.endedAt)));
}
