import { eq } from "drizzle-orm";
import { createConnections, type HospitalPool } from "../../db/connect.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import { audit } from "../audit/audit.ts";
import type { KeyUse, Rotation } from "../bridge/rotate-keys.ts";
import type { Clock } from "../clock.ts";
import { sealedUnder } from "../crypto.ts";
import type { NodeFoundation } from "./foundation.ts";
import { readNodeHospital } from "./hospital.ts";
import { type NodeState, readNodeState } from "./state.ts";

/** What this server's master key seals: its own key, and the hospital's data key, which seals all else here. */
const sealedOf = ({ sealedPrivateKey, sealedDataKey }: NodeState): readonly string[] =>
  [sealedPrivateKey, sealedDataKey].filter((sealed) => sealed !== null);

async function withPool<T>({ app }: NodeFoundation, work: (pool: HospitalPool) => Promise<T>): Promise<T> {
  const connections = createConnections({ control: null });
  try {
    return await work(connections.hospital(app));
  } finally {
    await connections.close();
  }
}

/**
 * Seals what a hospital's own server keeps under its master key anew with the newest one, and notes it in the
 * hospital's audit. Again, it finds nothing to do.
 */
// open: a command at the server's own keyboard
export async function rotateNodeKeys(foundation: NodeFoundation, clock: Clock): Promise<Rotation> {
  const { keyring, app } = foundation;
  const { current } = keyring;
  return withPool(foundation, (pool) =>
    pool.transaction(async (tx) => {
      await tx.select({ id: nodeState.id }).from(nodeState).for("update");
      const state = await readNodeState(tx);
      const others =
        state === null ? [] : sealedOf(state).filter((sealed) => sealedUnder(sealed) !== current.id);
      const readable = others.filter((sealed) => keyring.find(sealedUnder(sealed)) !== undefined);
      const result = { resealed: readable.length, unreadable: others.length - readable.length };
      if (state === null || readable.length === 0) return result;
      const anew = <Sealed extends string | null>(sealed: Sealed) =>
        sealed !== null && readable.includes(sealed) ? keyring.seal(keyring.unseal(sealed)) : sealed;
      await tx
        .update(nodeState)
        .set({
          sealedPrivateKey: anew(state.sealedPrivateKey) ?? state.sealedPrivateKey,
          sealedDataKey: anew(state.sealedDataKey),
          updatedAt: clock.now(),
        })
        .where(eq(nodeState.id, 1));
      if (result.unreadable === 0 && (state.stage === "joined" || state.stage === "retired"))
        await audit(
          tx,
          {
            hospital: await readNodeHospital(tx, app, keyring, clock.now()),
            actor: { kind: "system", name: "command" },
            client: { requestId: Bun.randomUUIDv7(), address: null, userAgent: null },
            clock,
          },
          {
            ...{ event: "keys.rotated", entity: "master-key", entityId: null },
            details: { keyId: current.id, resealed: result.resealed },
          },
        );
      return result;
    }),
  );
}

/** The master keys of a hospital's own server, and those that its secrets still name. */
// open: a command at the server's own keyboard
export async function listNodeKeys(foundation: NodeFoundation): Promise<readonly KeyUse[]> {
  const { keyring } = foundation;
  const state = await withPool(foundation, ({ db }) => readNodeState(db));
  const named = state === null ? [] : sealedOf(state).map(sealedUnder);
  const ids = [...new Set([...keyring.keys.map((key) => key.id), ...named])];
  return ids.map((keyId) => ({
    keyId,
    state:
      keyId === keyring.current.id ? "current" : keyring.find(keyId) === undefined ? "missing" : "former",
    secrets: named.filter((id) => id === keyId).length,
  }));
}
