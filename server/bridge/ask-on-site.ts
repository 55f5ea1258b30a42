import { and, eq, sql } from "drizzle-orm";
import { nodeCommands } from "../../db/schema/control/nodes.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError, notFound } from "../errors.ts";
import { isId } from "../input.ts";
import { type NodeCommand, type NodeCommandKind, sendCommand } from "../owner/nodes/commands.ts";
import { writingNodeOf } from "../owner/nodes/nodes.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { placesOf } from "./tenant-places.ts";

const takenOff = () =>
  new AppError(
    "conflict",
    "hospital.server-taken-off",
    "This hospital's own server has been taken off. Its records are changed again as soon as they are taken back here, or another server joins.",
  );

/**
 * What is done to a hospital here is asked of its own server where it runs on one: the server does it once when it
 * reports next, and answers. Null: the hospital works here, and whoever asks does it. A password goes sealed with
 * the hospital's data key.
 * @throws AppError not-found (404); conflict (409) `hospital.server-taken-off`.
 */
// open: authorized by sendCommand, or by the rule that does it here
export async function askOnSite(
  services: Pick<Services, "connections" | "keyring">,
  owner: OwnerContext,
  tenantId: string,
  kind: NodeCommandKind,
  input: Readonly<Record<string, unknown>> = {},
): Promise<NodeCommand | null> {
  const node = await writingNodeOf(owner.db, tenantId);
  if (node === null) return null;
  if (node.status !== "active") throw takenOff();
  const { password, ...open } = input;
  if (typeof password !== "string") return sendCommand(owner, tenantId, kind, open);
  const { hospital } = await placesOf(services, tenantId);
  return sendCommand(owner, tenantId, kind, { ...open, sealedPassword: hospital.vault.seal(password) });
}

/** For rules that write to a hospital's database here. @throws AppError conflict (409) where it is a copy. */
// open: a question inside rules that have authorized
export async function requireHostedHere(
  { connections }: Pick<Services, "connections">,
  tenantId: string,
): Promise<void> {
  const node = await writingNodeOf(connections.control.db, tenantId);
  if (node === null) return;
  if (node.status !== "active") throw takenOff();
  throw new AppError(
    "conflict",
    "hospital.on-site",
    "This hospital runs on a server of its own. It is asked of that server.",
    { details: { address: node.address } },
  );
}

/**
 * The password that a hospital's server made, told once.
 * @throws AppError not-found (404) where the command made none, or it was told.
 */
export async function tellCommandPassword(
  services: Pick<Services, "connections" | "keyring">,
  owner: OwnerContext,
  tenantId: string,
  commandId: string,
): Promise<string> {
  authorize(owner.actor, "tenants:users");
  requireTenant(owner.actor, tenantId);
  if (!isId(commandId)) throw notFound("password");
  const { hospital } = await placesOf(services, tenantId);
  return owner.write(async (tx) => {
    const which = and(eq(nodeCommands.id, commandId), eq(nodeCommands.tenantId, tenantId));
    const [command] = await tx.select().from(nodeCommands).where(which).for("update");
    const sealed = command?.result?.["sealedPassword"];
    if (typeof sealed !== "string") throw notFound("password");
    await tx
      .update(nodeCommands)
      .set({ result: sql`${nodeCommands.result} - 'sealedPassword'` })
      .where(which);
    await auditOwner(tx, owner, {
      ...{ event: "node-command.password-told", entity: "node-command", entityId: commandId, tenantId },
    });
    return hospital.vault.unseal(sealed);
  });
}
