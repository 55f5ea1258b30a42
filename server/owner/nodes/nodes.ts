import { and, desc, eq, isNotNull, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { ControlDb, ControlTx } from "../../../db/planes.ts";
import { type NodeReport, nodes } from "../../../db/schema/control/nodes.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError, notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { holdsTheWriting, runningFirst } from "../../tenancy/writing-node.ts";
import { requireTenant } from "../operators/visible-tenants.ts";
import type { Node } from "./tokens.ts";

/** The servers that a hospital has or had, newest first. */
export async function listNodes(owner: OwnerContext, tenantId: string): Promise<readonly Node[]> {
  authorize(owner.actor, "tenants:read");
  requireTenant(owner.actor, tenantId);
  return owner.db.select().from(nodes).where(eq(nodes.tenantId, tenantId)).orderBy(desc(nodes.joinedAt));
}

/** The server whose changes the database here follows, running or taken off; null where the hospital works here. */
// open: a look-up inside rules that have authorized
export async function writingNodeOf(db: ControlDb, tenantId: string): Promise<Node | null> {
  const [node] = await db
    .select()
    .from(nodes)
    .where(and(eq(nodes.tenantId, tenantId), holdsTheWriting()))
    .orderBy(...runningFirst())
    .limit(1);
  return node ?? null;
}

/** The server on which a hospital runs; null where it is hosted here, and where its server was taken off. */
// open: a look-up inside rules that have authorized
export async function activeNodeOf(db: ControlDb, tenantId: string): Promise<Node | null> {
  const [node] = await db
    .select()
    .from(nodes)
    .where(and(eq(nodes.tenantId, tenantId), eq(nodes.status, "active")));
  return node ?? null;
}

/** A condition: this hospital's working database is here: not on a server of its own, nor lost with one. */
// open: a part of queries inside rules that have authorized
export function hostedHere(): SQL {
  return sql`not exists (select from ${nodes} where ${nodes.tenantId} = ${tenants.id} and ${holdsTheWriting()})`;
}

/**
 * The hospital works here again: its database here is the writer. Every server that it had is fenced first, in the
 * caller's transaction. Only for what makes that database the writer.
 */
// open: called by the rule that restores, which has authorized
export async function noteReturn(tx: ControlTx, tenantId: string, now: Date): Promise<void> {
  await tx
    .update(nodes)
    .set({
      status: "revoked",
      revokedAt: sql`coalesce(${nodes.revokedAt}, ${now.toISOString()}::timestamptz)`,
    })
    .where(and(eq(nodes.tenantId, tenantId), ne(nodes.status, "revoked")));
  await tx
    .update(nodes)
    .set({ returnedAt: now })
    .where(and(eq(nodes.tenantId, tenantId), isNotNull(nodes.activeAt), isNull(nodes.returnedAt)));
}

/** From here on this server is the hospital's one writer; one that was before it is no longer. Safe to repeat. */
// open: the server has proved by its key that it is the one that joined
export async function activateNode(owner: OwnerContext, node: Node): Promise<void> {
  const now = owner.clock.now();
  const { id, tenantId } = node;
  await owner.write(async (tx) => {
    const [before] = await tx
      .update(nodes)
      .set({ status: "revoked", revokedAt: now })
      .where(and(eq(nodes.tenantId, tenantId), eq(nodes.status, "active"), ne(nodes.id, id)))
      .returning({ id: nodes.id });
    const made = await tx
      .update(nodes)
      .set({ status: "active", activeAt: now })
      .where(and(eq(nodes.id, id), eq(nodes.status, "joining")))
      .returning({ id: nodes.id });
    if (made.length === 0) return;
    await auditOwner(tx, owner, {
      ...{ event: "node.activated", entity: "node", entityId: id, tenantId },
      ...(before === undefined ? {} : { details: { replaced: before.id } }),
    });
  });
}

/**
 * Notes the writer epoch that a server has taken. The same again changes nothing.
 * @throws AppError conflict (409) `sync.fenced` where it has taken another one before.
 */
// open: the server has proved by its key that it is the one that joined
export async function grantEpoch(owner: OwnerContext, node: Node, incarnation: string): Promise<void> {
  const [row] = await owner.db
    .update(nodes)
    .set({ incarnation })
    .where(
      and(
        eq(nodes.id, node.id),
        eq(nodes.status, "active"),
        or(isNull(nodes.incarnation), eq(nodes.incarnation, incarnation)),
      ),
    )
    .returning({ id: nodes.id });
  if (row === undefined) throw fenced();
}

export const fenced = () =>
  new AppError(
    "conflict",
    "sync.fenced",
    "This server is not, or no longer, the one whose changes are taken.",
  );

/** Keeps what a server tells of itself, and that it was heard. */
// open: the server has proved who it is
export async function noteNode(
  owner: OwnerContext,
  nodeId: string,
  told: {
    readonly report?: NodeReport;
    readonly documentVersion?: number;
    readonly asOf?: Date | null;
    readonly address?: string | null;
  },
): Promise<void> {
  const { report, documentVersion, asOf, address } = told;
  await owner.db
    .update(nodes)
    .set({
      lastSeenAt: owner.clock.now(),
      ...(report === undefined ? {} : { report }),
      ...(documentVersion === undefined ? {} : { documentVersion }),
      ...(asOf ? { asOf } : {}),
      ...(address === undefined ? {} : { address }),
    })
    .where(eq(nodes.id, nodeId));
}

/**
 * From now on nothing is taken from this server and nothing told to it. Its unsent rows stay on it.
 * @throws AppError not-found (404); forbidden (403) `auth.step-up-required`.
 */
export async function revokeNode(owner: OwnerContext, tenantId: string, nodeId: string): Promise<Node> {
  authorize(owner.actor, "tenants:edit");
  requireTenant(owner.actor, tenantId);
  await requireStepUp(owner, "node.revoke");
  if (!isId(nodeId)) throw notFound("node");
  return owner.write(async (tx) => {
    const [node] = await tx
      .update(nodes)
      .set({ status: "revoked", revokedAt: owner.clock.now() })
      .where(and(eq(nodes.id, nodeId), eq(nodes.tenantId, tenantId), ne(nodes.status, "revoked")))
      .returning();
    if (node === undefined) {
      const [known] = await tx
        .select()
        .from(nodes)
        .where(and(eq(nodes.id, nodeId), eq(nodes.tenantId, tenantId)));
      if (known === undefined) throw notFound("node");
      return known;
    }
    await auditOwner(tx, owner, { event: "node.revoked", entity: "node", entityId: nodeId, tenantId });
    return node;
  });
}

/** One server of a hospital. @throws AppError not-found (404). */
export async function getNode(owner: OwnerContext, tenantId: string, nodeId: string): Promise<Node> {
  authorize(owner.actor, "tenants:read");
  requireTenant(owner.actor, tenantId);
  if (!isId(nodeId)) throw notFound("node");
  const [node] = await owner.db
    .select()
    .from(nodes)
    .where(and(eq(nodes.id, nodeId), eq(nodes.tenantId, tenantId)));
  if (node === undefined) throw notFound("node");
  return node;
}
