import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** Sealing and opening of secrets that lie in a database. */
export interface Vault {
  /** AES-256-GCM. The text names its key, so that keys can be rotated: `v1.<key id>.<base64url>`. */
  seal(plain: string): string;
  /** @throws Error when none of the keys is the one it was sealed with, or the text was altered. */
  unseal(sealed: string): string;
}

/** A vault that also gives keys for one purpose each; whoever has one of them knows nothing of the others. */
export interface DataVault extends Vault {
  /** 32 bytes. */
  derive(purpose: string): Buffer;
}

/** One key of 32 bytes. Its bytes cannot be read, so that no log and no page can hold them. */
export interface Key {
  /** Eight hex digits that name the key without telling it. */
  readonly id: string;
  /** A 32-byte key for one purpose and one subject (HKDF-SHA-256, RFC 5869). */
  derive(purpose: string, subject?: string): Buffer;
}

/** A key and those before it: all open what they sealed, only the newest seals. */
export interface Keyring extends Vault {
  readonly current: Key;
  /** Newest first. */
  readonly keys: readonly Key[];
  /** The key of this id; undefined where it is not, or no longer, on the ring. */
  find(id: string): Key | undefined;
}

function keyOf(hex: string): Key {
  const secret = Buffer.from(hex, "hex");
  if (secret.length !== 32) throw new Error("A key is 64 hexadecimal digits.");
  const derive = (purpose: string, subject = "") =>
    Buffer.from(hkdfSync("sha256", secret, "wardline", `${purpose}\u0000${subject}`, 32));
  return { id: derive("key-id").subarray(0, 4).toString("hex"), derive };
}

/** The ring of these keys, 64 hex digits each, newest first. */
export function keyringOf(newest: string, ...former: readonly string[]): Keyring {
  const current = keyOf(newest);
  const byId = new Map([current, ...former.map(keyOf)].map((key) => [key.id, key]));
  const sealingKey = current.derive("seal");
  const sealing = new Map([...byId].map(([id, key]) => [id, key.derive("seal")]));
  return {
    current,
    keys: [...byId.values()],
    find: (id) => byId.get(id),
    seal: (plain) => sealWith(current.id, sealingKey, plain),
    unseal(sealed) {
      const [version, id = "", payload] = sealed.split(".");
      if (version !== "v1" || payload === undefined)
        throw new Error("A sealed secret is not in the known form.");
      const key = sealing.get(id);
      if (key === undefined) throw new Error(`A secret was sealed with key ${id}, which is not on the ring.`);
      return openWith(key, payload);
    },
  };
}

function sealWith(id: string, key: Uint8Array, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

function openWith(key: Uint8Array, payload: string): string {
  const bytes = Buffer.from(payload, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

/** The id of the key that a secret was sealed with. */
export function sealedUnder(sealed: string): string {
  return sealed.split(".")[1] ?? "";
}

/** 32 random bytes for a key, as hex. */
export function newKey(): string {
  return randomBytes(32).toString("hex");
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
