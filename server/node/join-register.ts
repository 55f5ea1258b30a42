import { withSession } from "../../db/migrate-lock.ts";
import type { HospitalDb } from "../../db/planes.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import type { Env } from "../env.ts";
import { AppError } from "../errors.ts";
import { newBoxPair, newSigningPair, openLocked, signText } from "../sync/wire-signing.ts";
import { readDocument, type SignedDocument } from "./document.ts";
import type { NodeFoundation } from "./foundation.ts";
import { post, refusalOf } from "./owner-link.ts";
import { type NodeState, noteNodeState, readNodeState } from "./state.ts";

export interface JoinAsked {
  readonly ownerUrl: string;
  /** Null where the server registered before and only goes on. */
  readonly token: string | null;
  readonly name: string;
  /** Where people in the hospital will reach this server. */
  readonly address: string | null;
  /** Where its files are to lie. */
  readonly env: Pick<Env, "dataDir" | "filesCopyDir">;
}

/** How far this server has come. */
export async function known(db: HospitalDb): Promise<NodeState> {
  const state = await readNodeState(db);
  if (state === null) throw new Error("This server's own state is gone.");
  return state;
}

/** The key is on disk before anyone is told of it. @throws AppError conflict (409) `node.database-in-use`. */
export async function keyed(
  foundation: NodeFoundation,
  db: HospitalDb,
  asked: JoinAsked,
): Promise<NodeState> {
  const before = await readNodeState(db);
  if (before !== null) {
    if (before.stage === "keyed" && before.ownerUrl !== asked.ownerUrl)
      await noteNodeState(db, { ownerUrl: asked.ownerUrl, address: asked.address });
    return known(db);
  }
  await refuseForeignRows(foundation);
  const pair = newSigningPair();
  await db
    .insert(nodeState)
    .values({
      ...{ stage: "keyed", ownerUrl: asked.ownerUrl, publicKey: pair.publicKey, address: asked.address },
      sealedPrivateKey: foundation.keyring.seal(pair.privateKey),
    })
    .onConflictDoNothing();
  return known(db);
}

/** Joining replaces every row: a database in which people have worked is not taken. */
async function refuseForeignRows({ admin }: NodeFoundation): Promise<void> {
  const used = await withSession(admin, async (session) => {
    const [row] = await session<{ used: boolean }[]>`
      select role = 'primary' or exists (select from hospital_settings) as used from sync_state`;
    return row?.used === true;
  });
  if (used)
    throw new AppError(
      "conflict",
      "node.database-in-use",
      "The database of this server holds a hospital already. Give it an empty one.",
    );
}

/**
 * Tells the owner's server this one's key, for the token that it gave out, and notes what that answers: which hospital
 * this is, and its data key, locked for this server alone.
 * @throws AppError in words for the person at the keyboard; OwnerAway.
 */
export async function register(
  { keyring }: NodeFoundation,
  db: HospitalDb,
  state: NodeState,
  asked: JoinAsked,
): Promise<void> {
  if (asked.token === null)
    throw new AppError("invalid", "node.token-missing", "A token of the owner is needed: --token.");
  const box = newBoxPair();
  const { token } = asked;
  const signature = signText(
    keyring.unseal(state.sealedPrivateKey),
    ["wardline-join-1", token, box.publicKey].join("\n"),
  );
  const body = JSON.stringify({
    ...{ token, signature, publicKey: state.publicKey, boxKey: box.publicKey },
    ...{ name: asked.name, address: asked.address },
  });
  const answer = await post(new URL("/api/v1/sync/join", asked.ownerUrl).href, {
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.status >= 300) throw refusalOf(answer.status, answer.text);
  const told = JSON.parse(answer.text) as {
    nodeId: string;
    tenantId: string;
    subdomain: string;
    ownerPublicKey: string;
    lockedDataKey: string;
    document: SignedDocument;
  };
  const document = readDocument(told.document, told.ownerPublicKey);
  if (document === null || document.tenantId !== told.tenantId)
    throw new AppError(
      "conflict",
      "node.document-unsigned",
      "What the owner's server answered is not signed by it.",
    );
  await noteNodeState(db, {
    stage: "registered",
    ...{ nodeId: told.nodeId, tenantId: told.tenantId, subdomain: told.subdomain },
    ownerPublicKey: told.ownerPublicKey,
    sealedDataKey: keyring.seal(openLocked(box.privateKey, told.lockedDataKey)),
    ...{ document: told.document.text, documentSignature: told.document.signature },
    documentVersion: document.version,
    timeSeen: new Date(document.issuedAt),
    heardAt: new Date(),
  });
}
