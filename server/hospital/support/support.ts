import { and, desc, eq, gt, sql } from "drizzle-orm";
import type { HospitalDb, HospitalTx } from "../../../db/planes.ts";
import { supportGrants } from "../../../db/schema/hospital/support.ts";
import { audit } from "../../audit/audit.ts";
import { authorize, may, staffIdOf } from "../../auth/permissions.ts";
import { endSupportSessions, forgetSupport } from "../../auth/support-actor.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { alertHolders } from "../privacy/alert-holders.ts";
import { type AcceptInput, supportRights, supportRightsByDefault } from "./support.input.ts";

const columns = {
  id: supportGrants.id,
  operatorId: supportGrants.operatorId,
  operatorName: supportGrants.operatorName,
  operatorEmail: supportGrants.operatorEmail,
  reason: supportGrants.reason,
  minutesAsked: supportGrants.minutesAsked,
  askedAt: supportGrants.askedAt,
  status: supportGrants.status,
  decidedByName: supportGrants.decidedByName,
  decidedAt: supportGrants.decidedAt,
  note: supportGrants.note,
  permissions: supportGrants.permissions,
  expiresAt: supportGrants.expiresAt,
  enteredAt: supportGrants.enteredAt,
  endedAt: supportGrants.endedAt,
  endedByName: supportGrants.endedByName,
} as const;

const select = (db: HospitalDb) => db.select(columns).from(supportGrants);
export type SupportGrant = Awaited<ReturnType<typeof select>>[number];

/** A permission to come in whose time is over has ended by itself. */
function asOf(now: Date, grant: SupportGrant): SupportGrant {
  const over = grant.status === "accepted" && grant.expiresAt !== null && grant.expiresAt <= now;
  return over ? { ...grant, status: "ended", endedAt: grant.expiresAt } : grant;
}

const about = (id: string) => ({ entity: "support-grant", entityId: id });

/** What is asked of a hospital by the owner's people. */
export interface SupportAsked {
  readonly id: string;
  readonly operatorId: string;
  readonly operatorName: string;
  readonly operatorEmail: string;
  readonly reason: string;
  readonly minutes: number;
}

/** Takes in a request of the owner's people and tells those who decide. The same one again changes nothing. */
// open: called by the bridge, which has authorized the operator; it lets nobody in
export async function receiveSupportRequest(context: HospitalContext, asked: SupportAsked): Promise<void> {
  const { minutes: minutesAsked, ...request } = asked;
  const now = context.clock.now();
  await context.write(async (tx) => {
    const added = await tx
      .insert(supportGrants)
      .values({ ...request, minutesAsked, askedAt: now, createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning({ id: supportGrants.id });
    if (added.length === 0) return;
    await audit(tx, context, {
      event: "support.asked",
      ...about(asked.id),
      ...{ reason: asked.reason, details: { minutes: minutesAsked, operator: asked.operatorName } },
    });
    await alertHolders(tx, context, "support:decide", {
      ...{ kind: "support-access", who: asked.operatorName, path: `/privacy/support/${asked.id}` },
    });
  });
}

/** Who of support has asked to come in, the latest first. @throws AppError forbidden (403). */
export async function listSupportGrants(context: HospitalContext): Promise<readonly SupportGrant[]> {
  authorize(context.actor, "support:decide");
  const rows = await select(context.db)
    .orderBy(desc(supportGrants.askedAt), desc(supportGrants.id))
    .limit(100);
  return rows.map((row) => asOf(context.clock.now(), row));
}

/** One request of support. @throws AppError not-found (404); forbidden (403). */
export async function getSupportGrant(context: HospitalContext, id: string): Promise<SupportGrant> {
  authorize(context.actor, "support:decide");
  const [row] = isId(id) ? await select(context.db).where(eq(supportGrants.id, id)) : [];
  if (row === undefined) throw notFound("request");
  return asOf(context.clock.now(), row);
}

async function lock(tx: HospitalTx, context: HospitalContext, id: string): Promise<SupportGrant> {
  const [row] = isId(id)
    ? await tx.select(columns).from(supportGrants).where(eq(supportGrants.id, id)).for("update")
    : [];
  if (row === undefined) throw notFound("request");
  return asOf(context.clock.now(), row);
}

const decided = () =>
  new AppError("conflict", "support.decided", "This request has been answered, or its time is over.");

/**
 * Lets support in: for as long as was asked or less, with the rights chosen, of which the person holds each. From
 * now on, for that long, the operator can come in by a one-time link.
 * @throws AppError not-found (404); conflict (409) `support.decided`; invalid (422); forbidden (403).
 */
export async function acceptSupport(
  context: HospitalContext,
  id: string,
  input: AcceptInput,
): Promise<SupportGrant> {
  authorize(context.actor, "support:decide");
  const rights = [...new Set(input.permissions ?? supportRightsByDefault)];
  const given = input.permissions === undefined ? rights.filter((one) => may(context.actor, one)) : rights;
  for (const right of given)
    if (!supportRights.includes(right) || !may(context.actor, right))
      throw new AppError("forbidden", "support.not-held", "You can give only what you may do yourself.");
  const now = context.clock.now();
  await context.write(async (tx) => {
    const grant = await lock(tx, context, id);
    if (grant.status !== "waiting") throw decided();
    const minutes = input.minutes ?? grant.minutesAsked;
    if (minutes > grant.minutesAsked)
      throw invalidField("minutes", "too-large", "Support asked for less than that.");
    const expiresAt = new Date(now.getTime() + minutes * 60_000);
    await tx
      .update(supportGrants)
      .set({
        ...{ status: "accepted", permissions: given, expiresAt, decidedAt: now, updatedAt: now },
        ...{ decidedBy: staffIdOf(context.actor), decidedByName: context.actor.name },
        version: sql`${supportGrants.version} + 1`,
      })
      .where(eq(supportGrants.id, grant.id));
    await audit(tx, context, {
      event: "support.accepted",
      ...about(grant.id),
      details: { minutes, permissions: given, operator: grant.operatorName },
    });
  });
  return getSupportGrant(context, id);
}

/** Refuses support; the note is told to who asked. @throws AppError not-found (404); conflict (409); forbidden (403). */
export async function refuseSupport(
  context: HospitalContext,
  id: string,
  note: string | null,
): Promise<SupportGrant> {
  authorize(context.actor, "support:decide");
  const now = context.clock.now();
  await context.write(async (tx) => {
    const grant = await lock(tx, context, id);
    if (grant.status !== "waiting") throw decided();
    await tx
      .update(supportGrants)
      .set({
        ...{ status: "refused", note, decidedAt: now, updatedAt: now },
        ...{ decidedBy: staffIdOf(context.actor), decidedByName: context.actor.name },
        version: sql`${supportGrants.version} + 1`,
      })
      .where(eq(supportGrants.id, grant.id));
    await audit(tx, context, { event: "support.refused", ...about(grant.id) });
  });
  return getSupportGrant(context, id);
}

/** Ends support's access at once: within a second on every copy of the app, open streams too. @throws as `refuseSupport`. */
export async function endSupport(context: HospitalContext, id: string): Promise<SupportGrant> {
  authorize(context.actor, "support:decide");
  await endGrant(context, id);
  return getSupportGrant(context, id);
}

/** Ends a grant, whoever asks for it: the hospital, or the operator who needs it no longer. */
// open: called by rules that have authorized
export async function endGrant(context: HospitalContext, id: string): Promise<void> {
  const now = context.clock.now();
  await context.write(async (tx) => {
    const grant = await lock(tx, context, id);
    if (grant.status !== "accepted" && grant.status !== "waiting") throw decided();
    await tx
      .update(supportGrants)
      .set({
        ...{ status: "ended", endedAt: now, endedByName: context.actor.name, updatedAt: now },
        ...{ linkHash: null, version: sql`${supportGrants.version} + 1` },
      })
      .where(eq(supportGrants.id, grant.id));
    await endSupportSessions(tx, grant.id, now);
    await audit(tx, context, { event: "support.ended", ...about(grant.id) });
  });
  forgetSupport();
}

/** Those of support who may be inside just now. */
// open: read by the bridge for the operator it concerns
export async function openSupportGrants(context: HospitalContext): Promise<readonly SupportGrant[]> {
  return select(context.db).where(
    and(eq(supportGrants.status, "accepted"), gt(supportGrants.expiresAt, context.clock.now())),
  );
}
