import { sql } from "drizzle-orm";
import type { ControlDb } from "../../db/planes.ts";
import { ownerAuditKeys } from "../../db/schema/control/audit.ts";
import { newKey, type Vault } from "../crypto.ts";
import type { Hospital } from "../tenancy/context.ts";

const hospitalKeys = new WeakMap<Hospital, Uint8Array>();

/** The key of a hospital's chain, of its data key: it goes where the hospital's secrets go. */
export function hospitalAuditKey(hospital: Hospital): Uint8Array {
  let key = hospitalKeys.get(hospital);
  if (key === undefined) {
    key = hospital.vault.derive("audit");
    hospitalKeys.set(hospital, key);
  }
  return key;
}

/** So that no other secret, whose text somebody may have chosen, can be put in the key's place. */
const mark = "wardline audit key ";
const known = new Map<string, Uint8Array>();

/** The key of the owner plane's chain; the first to ask makes it. */
export async function ownerAuditKey(db: ControlDb, vault: Vault): Promise<Uint8Array> {
  const sealed = (await sealedKey(db)) ?? (await makeKey(db, vault));
  let key = known.get(sealed);
  if (key === undefined) {
    const text = vault.unseal(sealed);
    if (!text.startsWith(mark) || !/^[0-9a-f]{64}$/.test(text.slice(mark.length)))
      throw new Error("What lies in the place of the audit's key is another secret.");
    key = Buffer.from(text.slice(mark.length), "hex");
    known.clear();
    known.set(sealed, key);
  }
  return key;
}

async function sealedKey(db: ControlDb): Promise<string | null> {
  const [row] = await db.select({ sealed: ownerAuditKeys.sealedKey }).from(ownerAuditKeys);
  return row?.sealed ?? null;
}

async function makeKey(db: ControlDb, vault: Vault): Promise<string> {
  await db
    .insert(ownerAuditKeys)
    .values({ id: 1, sealedKey: vault.seal(`${mark}${newKey()}`) })
    .onConflictDoUpdate({ target: ownerAuditKeys.id, set: { id: sql`excluded.id` } });
  const sealed = await sealedKey(db);
  if (sealed === null) throw new Error("The audit's key was made and is not there.");
  return sealed;
}
