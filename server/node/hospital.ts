import { eq, sql } from "drizzle-orm";
import type { HospitalDb, Place } from "../../db/planes.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import { hospitalSettings } from "../../db/schema/hospital/settings.ts";
import { type Keyring, keyringOf } from "../crypto.ts";
import type { Hospital, ReadOnly } from "../tenancy/context.ts";
import { type NodeDocument, readDocument } from "./document.ts";
import { type JoinedState, requireJoined } from "./state.ts";

/** The latest time that was ever seen here: a clock that is set back does not bring an entitlement back to life. */
export function timeOf(state: Pick<JoinedState, "timeSeen">, now: Date): Date {
  return state.timeSeen > now ? state.timeSeen : now;
}

function readOnlyOf(state: JoinedState, document: NodeDocument | null, now: Date): ReadOnly | null {
  if (state.stage === "retired") return { why: "replaced", since: state.updatedAt };
  const graceUntil = new Date(document?.graceUntil ?? 0);
  return timeOf(state, now) > graceUntil ? { why: "lapsed", since: graceUntil } : null;
}

const verified = new Map<string, NodeDocument | null>();

/** The document of this server, its signature checked once for each text. */
export function documentOf(state: JoinedState): NodeDocument | null {
  const { document, documentSignature, ownerPublicKey } = state;
  if (document === null || documentSignature === null) return null;
  const key = `${ownerPublicKey} ${documentSignature} ${document}`;
  let known = verified.get(key);
  if (known === undefined) {
    verified.clear();
    known = readDocument({ text: document, signature: documentSignature }, ownerPublicKey);
    verified.set(key, known);
  }
  return known;
}

/** The one hospital of this server, from its own database. @throws AppError unavailable `node.not-joined`. */
export async function readNodeHospital(
  db: HospitalDb,
  place: Place,
  keyring: Keyring,
  now: Date,
): Promise<Hospital> {
  const [row] = await db
    .select({ state: nodeState, settings: hospitalSettings })
    .from(nodeState)
    .leftJoin(hospitalSettings, sql`true`)
    .where(eq(nodeState.id, 1));
  const state = requireJoined(row?.state ?? null);
  const settings = row?.settings ?? null;
  const document = documentOf(state);
  const vault = keyringOf(keyring.unseal(state.sealedDataKey));
  const validUntil = document === null ? null : new Date(document.validUntil);
  return {
    id: state.tenantId,
    subdomain: state.subdomain,
    name: settings?.name ?? state.subdomain,
    // Archived by the owner: readable, as after too long without a word.
    status: document?.status === "suspended" ? "suspended" : "active",
    timeZone: settings?.timeZone ?? "UTC",
    currency: settings?.currency ?? "USD",
    language: settings?.language ?? "en",
    accent: settings?.accent ?? null,
    place,
    vault: {
      seal: (plain) => vault.seal(plain),
      unseal: (sealed) => vault.unseal(sealed),
      derive: (purpose) => vault.current.derive(purpose),
    },
    readOnly: readOnlyOf(state, document, now),
    worksUntil:
      validUntil !== null && timeOf(state, now) > validUntil ? new Date(document?.graceUntil ?? 0) : null,
  };
}
