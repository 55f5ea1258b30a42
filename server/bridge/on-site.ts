import { eq } from "drizzle-orm";
import { grantHospital } from "../../db/grants.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { nodes } from "../../db/schema/control/nodes.ts";
import { AppError } from "../errors.ts";
import type { SignedDocument } from "../node/document.ts";
import { activateNode, fenced, grantEpoch, noteNode } from "../owner/nodes/nodes.ts";
import { ownerSigningKey } from "../owner/nodes/signing-key.ts";
import { type Node, type Registration, registerNode } from "../owner/nodes/tokens.ts";
import { withCopy } from "../sync/copy-sessions.ts";
import type { FillBase } from "../sync/fill.ts";
import { on } from "../sync/sides.ts";
import { lockFor } from "../sync/wire-signing.ts";
import type { Services } from "../tenancy/services.ts";
import { signedDocumentOf } from "./node-document.ts";
import { systemOwner } from "./system-context.ts";
import { placesOf } from "./tenant-places.ts";

/** What a server is told when it joins. */
export interface Joined {
  readonly nodeId: string;
  readonly tenantId: string;
  readonly subdomain: string;
  readonly ownerPublicKey: string;
  /** The hospital's data key, locked for the box key that the server sent. */
  readonly lockedDataKey: string;
  readonly document: SignedDocument;
}

/** The owner plane as a hospital's server acts in it. */
// open: for code that answers a server which has proved who it is
export function ownerFor(services: Services, name: string) {
  return systemOwner(services, `server: ${name}`);
}

/** Registers a server by its token and tells it whose it is. @throws AppError unauthenticated (401). */
// open: the token is the proof
export async function joinHospital(
  services: Services,
  asked: Registration & { readonly boxKey: string },
): Promise<Joined> {
  const owner = ownerFor(services, asked.name);
  const node = await registerNode(owner, asked);
  const { tenant } = await placesOf(services, node.tenantId);
  if (tenant.sealedDataKey === null)
    throw new AppError("unavailable", "hospital.no-data-key", "This hospital's secrets cannot be opened.");
  return {
    nodeId: node.id,
    tenantId: tenant.id,
    subdomain: tenant.subdomain,
    ownerPublicKey: (await ownerSigningKey(owner)).publicKey,
    lockedDataKey: lockFor(asked.boxKey, services.keyring.unseal(tenant.sealedDataKey)),
    document: await signedDocumentOf(owner, tenant.id),
  };
}

/** The database here that holds a hospital's rows, whose copy or working database it is. */
// open: a look-up for what answers a hospital's server
export async function copyPlaceOf(services: Services, tenantId: string): Promise<Place> {
  return (await placesOf(services, tenantId)).primaryAdmin;
}

/**
 * Ends the writing here: from now on the hospital's database on this server is a copy, read only, and the server
 * that asks is the hospital's writer as soon as it has the last rows. Safe to repeat from any point.
 */
// open: the server has proved by its key that it is the one that joined
export async function handOver(services: Services, node: Node): Promise<{ readonly asOf: Date | null }> {
  const owner = ownerFor(services, node.name);
  const { tenant, primaryAdmin, hospital } = await placesOf(services, node.tenantId);
  await activateNode(owner, node);
  services.resolver.forget();
  // What still writes is told no by the database itself, then what has begun ends.
  await grantHospital(primaryAdmin, tenant.roleName, "copy");
  await services.connections.forget(hospital.place);
  const asOf = await withSession(primaryAdmin, async (session) => {
    const [state] = await session<{ role: string; lastTickAt: Date | null }[]>`
      select role, last_tick_at as "lastTickAt" from sync_state`;
    if (state?.role === "copy") return state.lastTickAt;
    await session`select sync_become('copy')`;
    return services.clock.now();
  });
  if (asOf !== null) await noteNode(owner, node.id, { asOf });
  return { asOf };
}

/**
 * Notes the epoch of a server that holds all rows, and points the copy here at its first tick: nothing has to be
 * sent again. Safe to repeat. @throws AppError conflict (409) `sync.fenced`.
 */
// open: the server has proved by its key that it is the one that joined
export async function acceptWriter(services: Services, node: Node, base: FillBase): Promise<void> {
  const owner = ownerFor(services, node.name);
  await grantEpoch(owner, node, base.incarnation);
  await withCopy(await copyPlaceOf(services, node.tenantId), async (copy) => {
    await on(
      "copy",
      copy`select sync_follow(${base.incarnation}, ${base.tick}, ${base.mark}, ${base.at}::text::timestamptz)`,
    );
  });
  await noteNode(owner, node.id, { asOf: new Date(base.at) });
}

/** The epoch's holder alone may send. @throws AppError conflict (409) `sync.fenced`. */
export function requireEpoch(node: Node, incarnation: string): void {
  if (node.status !== "active" || node.incarnation !== incarnation) throw fenced();
}

/** What the copies of the last servers said their numbers had reached, for a rebuild that issues none twice. */
// open: a look-up for what answers a hospital's server
export async function knownSequences(
  services: Services,
  tenantId: string,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const rows = await services.connections.control.db
    .select({ report: nodes.report })
    .from(nodes)
    .where(eq(nodes.tenantId, tenantId));
  return rows.flatMap(({ report }) => (report === null ? [] : [report.sequences]));
}
