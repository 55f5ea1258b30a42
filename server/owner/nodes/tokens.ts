import { and, eq } from "drizzle-orm";
import { nodes, nodeTokens } from "../../../db/schema/control/nodes.ts";
import { tenants } from "../../../db/schema/control/tenants.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { randomSecret, sha256 } from "../../crypto.ts";
import { AppError, notFound } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";

const dayMs = 24 * 60 * 60_000;

export interface NodeToken {
  readonly id: string;
  /** Told once; only its hash is kept. */
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * A token with which one server joins as a hospital's own, once, within a day.
 * @throws AppError not-found (404); conflict (409) where the hospital is not open.
 */
export async function createNodeToken(owner: OwnerContext, tenantId: string): Promise<NodeToken> {
  authorize(owner.actor, "tenants:edit");
  requireTenant(owner.actor, tenantId);
  const [tenant] = await owner.db.select().from(tenants).where(eq(tenants.id, tenantId));
  if (tenant === undefined) throw notFound("hospital");
  if (tenant.status !== "active")
    throw new AppError(
      "conflict",
      "tenant.status",
      "Only a hospital that is open can move to a server of its own.",
    );
  const token = `wln_${randomSecret()}`;
  const id = Bun.randomUUIDv7();
  const now = owner.clock.now();
  const expiresAt = new Date(now.getTime() + dayMs);
  await owner.write(async (tx) => {
    await tx.insert(nodeTokens).values({
      ...{ id, tenantId, expiresAt, createdAt: now },
      tokenHash: sha256(token),
      createdBy: owner.actor.name,
    });
    await auditOwner(tx, owner, {
      event: "node-token.created",
      entity: "node-token",
      entityId: id,
      tenantId,
    });
  });
  return { id, token, expiresAt };
}

export interface Registration {
  readonly token: string;
  readonly publicKey: string;
  readonly name: string;
  readonly address: string | null;
}

export type Node = typeof nodes.$inferSelect;

const refused = () =>
  new AppError("unauthenticated", "node.token-refused", "This token is unknown, used or out of date.");

/**
 * Takes a server's public key for the hospital that its token was made for. The same server again, whose answer
 * was lost, gets the same; another one with the same token is refused.
 * @throws AppError unauthenticated (401) `node.token-refused`.
 */
// open: the token is the proof
export async function registerNode(owner: OwnerContext, asked: Registration): Promise<Node> {
  const now = owner.clock.now();
  return owner.write(async (tx) => {
    const [token] = await tx
      .select()
      .from(nodeTokens)
      .where(eq(nodeTokens.tokenHash, sha256(asked.token)))
      .for("update");
    if (token === undefined) throw refused();
    if (token.nodeId !== null) {
      const [known] = await tx
        .select()
        .from(nodes)
        .where(and(eq(nodes.id, token.nodeId), eq(nodes.publicKey, asked.publicKey)));
      if (known === undefined || known.status === "revoked") throw refused();
      return known;
    }
    if (token.expiresAt <= now || token.usedAt !== null) throw refused();
    const id = Bun.randomUUIDv7();
    const [made] = await tx
      .insert(nodes)
      .values({
        ...{ id, tenantId: token.tenantId, name: asked.name, publicKey: asked.publicKey },
        ...{ address: asked.address, joinedAt: now, lastSeenAt: now },
      })
      .onConflictDoNothing()
      .returning();
    // The key is another registration's: a server keeps one hospital.
    if (made === undefined) throw refused();
    await tx.update(nodeTokens).set({ usedAt: now, nodeId: id }).where(eq(nodeTokens.id, token.id));
    const { tenantId } = token;
    await auditOwner(tx, owner, {
      ...{ event: "node.registered", entity: "node", entityId: id, tenantId },
      details: { name: asked.name },
    });
    return made;
  });
}
