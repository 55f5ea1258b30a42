import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

/** Two halves of a key as text: SPKI and PKCS 8 in base64. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Names of the headers that carry who asks, when, and the proof of it. */
export const wireHeaders = {
  node: "x-wardline-node",
  time: "x-wardline-time",
  nonce: "x-wardline-nonce",
  signature: "x-wardline-signature",
} as const;

function newPair(kind: "ed25519" | "x25519"): KeyPair {
  const { publicKey, privateKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
  };
}

/** A pair that signs (Ed25519, RFC 8032). */
export const newSigningPair = (): KeyPair => newPair("ed25519");

const publicOf = (text: string) =>
  createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" });
const privateOf = (text: string) =>
  createPrivateKey({ key: Buffer.from(text, "base64"), format: "der", type: "pkcs8" });

/** Signs a text; base64url. */
export function signText(privateKey: string, text: string): string {
  return sign(null, Buffer.from(text), privateOf(privateKey)).toString("base64url");
}

/** Whether a text was signed by the owner of this key. Never throws: what is no key or no signature fits nothing. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = publicOf(publicKey);
    return (
      key.asymmetricKeyType === "ed25519" &&
      verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url"))
    );
  } catch {
    return false;
  }
}

export interface SignedParts {
  readonly method: string;
  /** Path and query. */
  readonly address: string;
  readonly time: string;
  readonly nonce: string;
  readonly body: Uint8Array;
}

/** What a request's signature covers: what is asked, when, once, and the body's hash. */
export function signedText({ method, address, time, nonce, body }: SignedParts): string {
  const hash = createHash("sha256").update(body).digest("hex");
  return ["wardline-1", method, address, time, nonce, hash].join("\n");
}

const boxKeyOf = (secret: Uint8Array) => Buffer.from(hkdfSync("sha256", secret, "wardline", "node-box", 32));

/** A pair for one answer that none but its asker can open (X25519). */
export const newBoxPair = (): KeyPair => newPair("x25519");

/** Locks a secret for the holder of a box key: X25519, HKDF-SHA-256, AES-256-GCM. */
export function lockFor(boxPublicKey: string, plain: string): string {
  const mine = newBoxPair();
  const shared = diffieHellman({ privateKey: privateOf(mine.privateKey), publicKey: publicOf(boxPublicKey) });
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", boxKeyOf(shared), nonce);
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${mine.publicKey}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64")}`;
}

/** Opens what `lockFor` locked. @throws Error when it was locked for another or altered. */
export function openLocked(boxPrivateKey: string, locked: string): string {
  const [theirs = "", payload = ""] = locked.split(".");
  const shared = diffieHellman({ privateKey: privateOf(boxPrivateKey), publicKey: publicOf(theirs) });
  const bytes = Buffer.from(payload, "base64");
  const decipher = createDecipheriv("aes-256-gcm", boxKeyOf(shared), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}
