import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { nodeCommands } from "../../../db/schema/control/nodes.ts";
import { auditOwner } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { adminRoleKey } from "../../auth/seed-roles.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { requireTenant } from "../operators/visible-tenants.ts";
import { activeNodeOf } from "./nodes.ts";

/** What the owner may ask of a hospital that runs on its own server. */
export const nodeCommandKinds = [
  "create-user",
  "invite-user",
  "reset-password",
  "suspend-user",
  "set-user-status",
  "set-user-role",
  "push-now",
  "verify-now",
  "reseed",
] as const;
export type NodeCommandKind = (typeof nodeCommandKinds)[number];

export type NodeCommand = typeof nodeCommands.$inferSelect;

const permissionOf = {
  "create-user": "tenants:users",
  "invite-user": "tenants:users",
  "reset-password": "tenants:users",
  "suspend-user": "tenants:users",
  "set-user-status": "tenants:users",
  "set-user-role": "tenants:users",
  "push-now": "sync:push",
  "verify-now": "sync:push",
  reseed: "sync:push",
} as const;

/**
 * Leaves a command for a hospital's own server, which does it once when it hears of it. `input` holds no secret
 * in the clear.
 * @throws AppError conflict (409) `hospital.hosted` where the hospital runs here.
 */
export async function sendCommand(
  owner: OwnerContext,
  tenantId: string,
  kind: NodeCommandKind,
  input: Readonly<Record<string, unknown>>,
): Promise<NodeCommand> {
  authorize(owner.actor, permissionOf[kind]);
  requireTenant(owner.actor, tenantId);
  if (input["role"] === adminRoleKey) await requireStepUp(owner, "role.grant-admin");
  if ((await activeNodeOf(owner.db, tenantId)) === null)
    throw new AppError("conflict", "hospital.hosted", "This hospital does not run on a server of its own.");
  return owner.write(async (tx) => {
    const [command] = await tx
      .insert(nodeCommands)
      .values({
        ...{ id: Bun.randomUUIDv7(), tenantId, kind, input },
        ...{ createdBy: owner.actor.name, createdAt: owner.clock.now() },
      })
      .returning();
    if (command === undefined) throw new Error("A command was left and is not there.");
    await auditOwner(tx, owner, {
      ...{ event: "node-command.sent", entity: "node-command", entityId: command.id, tenantId },
      details: { kind },
    });
    return command;
  });
}

/** The newest commands to a hospital's server and what became of them. */
export async function listCommands(owner: OwnerContext, tenantId: string): Promise<readonly NodeCommand[]> {
  authorize(owner.actor, "tenants:read");
  requireTenant(owner.actor, tenantId);
  return owner.db
    .select()
    .from(nodeCommands)
    .where(eq(nodeCommands.tenantId, tenantId))
    .orderBy(desc(nodeCommands.createdAt))
    .limit(50);
}

/** Commands without an answer, oldest first; noted as fetched. */
// open: asked for by the hospital's server, which has proved who it is
export async function waitingCommands(
  owner: OwnerContext,
  tenantId: string,
): Promise<readonly NodeCommand[]> {
  const waiting = await owner.db
    .select()
    .from(nodeCommands)
    .where(and(eq(nodeCommands.tenantId, tenantId), isNull(nodeCommands.endedAt)))
    .orderBy(asc(nodeCommands.createdAt))
    .limit(20);
  if (waiting.some((command) => command.fetchedAt === null))
    await owner.db
      .update(nodeCommands)
      .set({ fetchedAt: owner.clock.now() })
      .where(
        and(
          eq(nodeCommands.tenantId, tenantId),
          isNull(nodeCommands.endedAt),
          isNull(nodeCommands.fetchedAt),
        ),
      );
  return waiting;
}

/** Keeps the answer to a command; the first one stays. */
// open: told by the hospital's server, which has proved who it is
export async function endCommand(
  owner: OwnerContext,
  tenantId: string,
  id: string,
  outcome: "done" | "refused",
  result: Readonly<Record<string, unknown>>,
): Promise<void> {
  await owner.db
    .update(nodeCommands)
    .set({ endedAt: owner.clock.now(), outcome, result })
    .where(and(eq(nodeCommands.id, id), eq(nodeCommands.tenantId, tenantId), isNull(nodeCommands.endedAt)));
}
