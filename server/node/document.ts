import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { isSignedBy } from "../sync/wire-signing.ts";

const instant = Type.Integer();
const language = Type.Union([Type.Literal("en"), Type.Literal("ur"), Type.Literal("hi")]);

/** What the owner lets a hospital do, signed; it holds on the hospital's own server without a link. Times are epoch milliseconds. */
const documentForm = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  tenantId: Type.String(),
  subdomain: Type.String(),
  status: Type.Union([Type.Literal("active"), Type.Literal("suspended"), Type.Literal("archived")]),
  issuedAt: instant,
  /** Until then all is well; between this and `graceUntil` a warning stands on every page. */
  validUntil: instant,
  /** After this the hospital reads, and registers emergencies alone, until the owner is heard again. */
  graceUntil: instant,
  plan: Type.Object({
    key: Type.String(),
    limits: Type.Record(Type.String(), Type.Union([Type.Integer(), Type.Null()])),
    features: Type.Array(Type.String()),
  }),
  subscriptionStatus: Type.String(),
  settings: Type.Object({
    name: Type.String(),
    timeZone: Type.String(),
    currency: Type.String(),
    language,
    accent: Type.Union([Type.String(), Type.Null()]),
  }),
});

export type NodeDocument = Static<typeof documentForm>;

/** A document with the owner's signature over its very text. */
export interface SignedDocument {
  readonly text: string;
  readonly signature: string;
}

/** The document, where the owner signed it and it is in the known form; else null. */
export function readDocument(signed: SignedDocument, ownerPublicKey: string): NodeDocument | null {
  if (!isSignedBy(ownerPublicKey, signed.text, signed.signature)) return null;
  const value: unknown = JSON.parse(signed.text);
  return Value.Check(documentForm, value) ? value : null;
}
