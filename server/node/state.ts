import { eq, sql } from "drizzle-orm";
import type { HospitalDb } from "../../db/planes.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import type { Keyring } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { createOwnerLink, type LinkParts, type OwnerLink } from "./owner-link.ts";

export type NodeState = typeof nodeState.$inferSelect;

/** What this server knows of itself; null before it has joined anything. */
export async function readNodeState(db: HospitalDb): Promise<NodeState | null> {
  const [row] = await db.select().from(nodeState).where(eq(nodeState.id, 1));
  return row ?? null;
}

/** Notes what has changed. */
export async function noteNodeState(
  db: HospitalDb,
  values: Partial<typeof nodeState.$inferInsert>,
): Promise<void> {
  await db
    .update(nodeState)
    .set({ ...values, updatedAt: sql`now()` })
    .where(eq(nodeState.id, 1));
}

/** What of a joined server is always there. */
export interface JoinedState extends NodeState {
  readonly nodeId: string;
  readonly tenantId: string;
  readonly subdomain: string;
  readonly ownerPublicKey: string;
  readonly sealedDataKey: string;
}

/** @throws AppError unavailable `node.not-joined` saying what to do. */
export function requireJoined(state: NodeState | null): JoinedState {
  const { nodeId, tenantId, subdomain, ownerPublicKey, sealedDataKey } = state ?? {};
  if (
    state === null ||
    (state.stage !== "joined" && state.stage !== "retired") ||
    !nodeId ||
    !tenantId ||
    !subdomain ||
    !ownerPublicKey ||
    !sealedDataKey
  )
    throw new AppError(
      "unavailable",
      "node.not-joined",
      "This server is not a hospital's yet. Ask the owner for a token, then: bin/wardline node:join --owner URL --token TOKEN",
    );
  return { ...state, nodeId, tenantId, subdomain, ownerPublicKey, sealedDataKey };
}

/** What this server signs with, and to whom it speaks. @throws AppError where it has not registered. */
export function linkPartsOf(state: NodeState, keyring: Keyring): LinkParts {
  if (state.nodeId === null)
    throw new AppError("unavailable", "node.not-joined", "This server has not joined.");
  return {
    ownerUrl: state.ownerUrl,
    nodeId: state.nodeId,
    privateKey: keyring.unseal(state.sealedPrivateKey),
  };
}

/** The link to the owner as this server. @throws AppError where it has not registered. */
export function linkOf(state: NodeState, keyring: Keyring): OwnerLink {
  return createOwnerLink(linkPartsOf(state, keyring));
}
