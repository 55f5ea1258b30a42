import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** A 32-byte key for one purpose and one owner, derived from the master key (HKDF-SHA-256, RFC 5869). */
export function deriveKey(masterKeyHex: string, purpose: string, subject = ""): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(masterKeyHex, "hex"), "wardline", `${purpose}\u0000${subject}`, 32),
  );
}

/** Seals a secret with AES-256-GCM. The text names the key, so that keys can be rotated: `v1.<key id>.<base64url>`. */
export function seal(masterKeyHex: string, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(masterKeyHex, "seal"), nonce);
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `v1.${keyId(masterKeyHex)}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/** Opens what `seal` made. @throws Error when the key is another one or the text was altered. */
export function unseal(masterKeyHex: string, sealed: string): string {
  const [version, key, payload] = sealed.split(".");
  if (version !== "v1" || payload === undefined) throw new Error("A sealed secret is not in the known form.");
  if (key !== keyId(masterKeyHex))
    throw new Error(`A secret was sealed with key ${key}, which is not the current key.`);
  const bytes = Buffer.from(payload, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(masterKeyHex, "seal"), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

/** Eight hex digits that name a master key without telling it. */
export function keyId(masterKeyHex: string): string {
  return deriveKey(masterKeyHex, "key-id").subarray(0, 4).toString("hex");
}

/** A random secret for links, cookies and tokens: 32 bytes, base64url. */
export function randomSecret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** SHA-256 as hex; how bearer secrets are stored. */
export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

export function hmac(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** Compares two secrets in constant time. */
export function sameSecret(left: string, right: string): boolean {
  const a = Buffer.from(sha256(left), "hex");
  const b = Buffer.from(sha256(right), "hex");
  return timingSafeEqual(a, b);
}
