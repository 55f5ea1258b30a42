import { eq, lt } from "drizzle-orm";
import { nodeRequests, nodes } from "../../../db/schema/control/nodes.ts";
import { AppError } from "../../errors.ts";
import { isId } from "../../input.ts";
import { isSignedBy, type SignedParts, signedText } from "../../sync/wire-signing.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Node } from "./tokens.ts";

/** A request may be this old, or this far ahead; for so long its nonce is remembered. */
const windowMs = 5 * 60_000;

export interface SignedRequest extends SignedParts {
  readonly nodeId: string;
  readonly signature: string;
}

const unknown = () =>
  new AppError("unauthenticated", "node.unknown", "This request is not signed by a server that has joined.");

/**
 * The server that signed this request, which is taken once.
 * @throws AppError unauthenticated (401): not signed by a server that joined, `node.clock` (details: {now}) where
 *   its time is off, `node.replayed`; forbidden (403) `node.revoked`.
 */
// open: this is how the owner's server learns which server asks
export async function admitNode(owner: OwnerContext, request: SignedRequest): Promise<Node> {
  if (!isId(request.nodeId)) throw unknown();
  const [node] = await owner.db.select().from(nodes).where(eq(nodes.id, request.nodeId));
  if (node === undefined || !isSignedBy(node.publicKey, signedText(request), request.signature))
    throw unknown();
  if (node.status === "revoked")
    throw new AppError(
      "forbidden",
      "node.revoked",
      "This server is no longer the hospital's. Nothing is taken from it; what it holds stays on it.",
    );
  const now = owner.clock.now();
  const at = new Date(Number(request.time));
  if (!(Math.abs(now.getTime() - at.getTime()) <= windowMs))
    throw new AppError("unauthenticated", "node.clock", "The time of this request is too far off.", {
      details: { now: now.getTime() },
    });
  if (!/^[A-Za-z0-9_-]{16,64}$/.test(request.nonce)) throw unknown();
  const taken = await owner.db
    .insert(nodeRequests)
    .values({ nodeId: node.id, nonce: request.nonce, at })
    .onConflictDoNothing()
    .returning({ nonce: nodeRequests.nonce });
  if (taken.length === 0)
    throw new AppError("unauthenticated", "node.replayed", "This request was taken before.");
  return node;
}

/** Forgets requests that could not be sent again. */
// open: housekeeping of what answers hospitals' servers
export async function forgetOldRequests(owner: OwnerContext): Promise<void> {
  const before = new Date(owner.clock.now().getTime() - 3 * windowMs);
  await owner.db.delete(nodeRequests).where(lt(nodeRequests.at, before));
}
