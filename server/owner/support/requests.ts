import { and, desc, eq, gt, sql } from "drizzle-orm";
import type { ControlDb, ControlTx } from "../../../db/planes.ts";
import { operators } from "../../../db/schema/control/operators.ts";
import { supportRequests } from "../../../db/schema/control/support.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { ShortCache } from "../../auth/cache.ts";
import { authorize, type OperatorActor } from "../../auth/permissions.ts";
import { AppError, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";

const select = (db: ControlDb) =>
  db
    .select({
      id: supportRequests.id,
      tenantId: supportRequests.tenantId,
      operatorId: supportRequests.operatorId,
      operatorName: operators.name,
      reason: supportRequests.reason,
      minutes: supportRequests.minutes,
      status: supportRequests.status,
      askedAt: supportRequests.askedAt,
      decidedAt: supportRequests.decidedAt,
      decidedByName: supportRequests.decidedByName,
      note: supportRequests.note,
      expiresAt: supportRequests.expiresAt,
      endedAt: supportRequests.endedAt,
      endedByName: supportRequests.endedByName,
    })
    .from(supportRequests)
    .innerJoin(operators, eq(operators.id, supportRequests.operatorId));

export type SupportRequest = Awaited<ReturnType<typeof select>>[number];

function asOf(now: Date, request: SupportRequest): SupportRequest {
  const over = request.status === "accepted" && request.expiresAt !== null && request.expiresAt <= now;
  return over ? { ...request, status: "ended", endedAt: request.expiresAt } : request;
}

/** Who asked to come into a hospital, the latest first, as the hospital was last heard. @throws AppError not-found (404). */
export async function listSupportRequests(
  context: OwnerContext,
  tenantId: string,
): Promise<readonly SupportRequest[]> {
  authorize(context.actor, "support:ask");
  requireTenant(context.actor, tenantId);
  const rows = await select(context.db)
    .where(eq(supportRequests.tenantId, tenantId))
    .orderBy(desc(supportRequests.askedAt), desc(supportRequests.id))
    .limit(50);
  return rows.map((row) => asOf(context.clock.now(), row));
}

/** A request that is this operator's own. @throws AppError not-found (404); forbidden (403). */
export async function getOwnRequest(
  context: OwnerContext,
  tenantId: string,
  id: string,
): Promise<SupportRequest> {
  authorize(context.actor, "support:ask");
  requireTenant(context.actor, tenantId);
  const { actor } = context;
  const [row] =
    actor.kind === "operator" && isId(id)
      ? await select(context.db).where(
          and(
            eq(supportRequests.id, id),
            eq(supportRequests.tenantId, tenantId),
            eq(supportRequests.operatorId, actor.operatorId),
          ),
        )
      : [];
  if (row === undefined) throw notFound("request");
  return asOf(context.clock.now(), row);
}

/** The operator who asks: a person, never a program. @throws AppError forbidden (403). */
// open: pure
export function askingOperator({ actor }: OwnerContext): OperatorActor {
  if (actor.kind === "operator") return actor;
  throw new AppError("forbidden", "support.people-only", "Only a person can ask to come in.");
}

/** Writes a request down. One that waits or is open already stands in the way of another. */
// open: part of the bridge's rule, which has authorized
export async function addRequest(
  tx: ControlTx,
  context: OwnerContext,
  asked: {
    readonly id: string;
    readonly tenantId: string;
    readonly reason: string;
    readonly minutes: number;
  },
): Promise<void> {
  const { operatorId } = askingOperator(context);
  const now = context.clock.now();
  await tx
    .insert(supportRequests)
    .values({ ...asked, operatorId, askedAt: now, createdAt: now, updatedAt: now });
  await auditOwner(tx, context, {
    ...{ event: "support.asked", entity: "support-request", entityId: asked.id, tenantId: asked.tenantId },
    ...{ reason: asked.reason, details: { minutes: asked.minutes } },
  });
}

/** What a hospital says of a request. */
export type Heard = Pick<
  SupportRequest,
  "id" | "status" | "decidedAt" | "decidedByName" | "note" | "expiresAt" | "endedAt" | "endedByName"
>;

/** Takes note of what a hospital has said; what is news is put on record. */
// open: part of the bridge's rule; it tells of what the hospital did
export async function noteHeard(
  context: OwnerContext,
  tenantId: string,
  heard: readonly Heard[],
): Promise<void> {
  for (const { id, ...said } of heard) {
    const [known] = await select(context.db).where(
      and(eq(supportRequests.id, id), eq(supportRequests.tenantId, tenantId)),
    );
    if (known === undefined || (known.status === said.status && same(known.endedAt, said.endedAt))) continue;
    await context.write(async (tx) => {
      const changed = await tx
        .update(supportRequests)
        .set({ ...said, updatedAt: context.clock.now(), version: sql`${supportRequests.version} + 1` })
        .where(and(eq(supportRequests.id, id), eq(supportRequests.status, known.status)))
        .returning({ id: supportRequests.id });
      if (changed.length > 0 && known.status !== said.status)
        await auditOwner(tx, context, {
          ...{ event: `support.${said.status}`, entity: "support-request", entityId: id, tenantId },
          details: { by: said.endedByName ?? said.decidedByName },
        });
    });
  }
  forgetInside();
}

const same = (one: Date | null, other: Date | null) => one?.getTime() === other?.getTime();

interface Inside {
  readonly tenantId: string;
  readonly hospital: string;
  readonly until: Date;
}

const known = new ShortCache<readonly Inside[]>(2_000, 500);

/** Forgets who was let in where, for whoever has just heard otherwise. */
export function forgetInside(): void {
  known.clear();
}

/** Where this operator has been let in just now; asked once in two seconds for a person, however many pages they open. */
// open: tells who asks of nothing but their own
export async function insideOf(
  context: Pick<OwnerContext, "actor" | "db" | "clock">,
): Promise<readonly Inside[]> {
  const { actor, db, clock } = context;
  if (actor.kind !== "operator" || !actor.permissions.has("support:ask")) return [];
  let inside = known.get(actor.operatorId);
  if (inside === undefined) {
    const rows = await db
      .select({
        tenantId: supportRequests.tenantId,
        hospital: tenants.companyName,
        until: supportRequests.expiresAt,
      })
      .from(supportRequests)
      .innerJoin(tenants, eq(tenants.id, supportRequests.tenantId))
      .where(
        and(
          eq(supportRequests.operatorId, actor.operatorId),
          eq(supportRequests.status, "accepted"),
          gt(supportRequests.expiresAt, clock.now()),
        ),
      );
    inside = rows.flatMap(({ until, ...row }) => (until === null ? [] : [{ ...row, until }]));
    known.set(actor.operatorId, inside);
  }
  return inside.filter(({ until }) => until > clock.now());
}
