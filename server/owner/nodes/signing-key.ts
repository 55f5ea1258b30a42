import { signingKeys } from "../../../db/schema/control/nodes.ts";
import { type KeyPair, newSigningPair } from "../../sync/wire-signing.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

/** The owner's key for documents that hospitals' own servers trust; made at the first call. */
// open: used by rules that have authorized, and by what answers a hospital's server
export async function ownerSigningKey(owner: OwnerContext): Promise<KeyPair> {
  const [known] = await owner.db.select().from(signingKeys);
  if (known !== undefined)
    return { publicKey: known.publicKey, privateKey: owner.vault.unseal(known.sealedPrivateKey) };
  const made = newSigningPair();
  // Of two that make one at once, the first one's stays.
  await owner.db
    .insert(signingKeys)
    .values({ publicKey: made.publicKey, sealedPrivateKey: owner.vault.seal(made.privateKey) })
    .onConflictDoNothing();
  return ownerSigningKey(owner);
}
