import { randomBytes } from "node:crypto";

/**
 * How keys look: `wl_<8>_<43><6>` for API keys, `wlapp_…` for app keys: what is shown, the secret (256 bits),
 * and a checksum, so that a scanner knows a leaked key from any other text without asking anybody.
 */
const prefixes = { api: "wl", app: "wlapp" } as const;
export type KeyKind = keyof typeof prefixes;

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idDigits = "0123456789abcdefghjkmnpqrstvwxyz";
const secretLength = 43;
const checkLength = 6;

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  while (text.length < length) {
    text = `${digits.charAt(Number(rest % 62n))}${text}`;
    rest /= 62n;
  }
  return text;
}

const checkOf = (text: string) => base62(BigInt(Bun.hash.crc32(text)), checkLength);

/** The id of a new key: the part that is shown. */
// open: pure
export function newKeyId(): string {
  return [...randomBytes(8)].map((byte) => idDigits.charAt(byte % idDigits.length)).join("");
}

/** A new secret for a key, written out whole: told once, never stored. */
// open: pure
export function newKeyText(kind: KeyKind, keyId: string): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString("hex")}`), secretLength);
  const text = `${prefixes[kind]}_${keyId}_${secret}`;
  return `${text}${checkOf(text)}`;
}

/** The beginning of a key that pages show. */
// open: pure
export function shownKey(kind: KeyKind, keyId: string): string {
  return `${prefixes[kind]}_${keyId}_…`;
}

const form = /^(wl|wlapp)_([0-9a-z]{8})_[0-9A-Za-z]{49}$/;

/** Which key a text says it is; null where it is no key, or was mistyped. */
// open: pure
export function readKeyText(text: string): { readonly kind: KeyKind; readonly keyId: string } | null {
  const match = form.exec(text);
  if (match === null || checkOf(text.slice(0, -checkLength)) !== text.slice(-checkLength)) return null;
  return { kind: match[1] === "wl" ? "api" : "app", keyId: match[2] ?? "" };
}

/** Whether a bearer token claims to be a key, rather than a person's token. */
// open: pure
export function looksLikeKey(text: string): boolean {
  return text.startsWith("wl_") || text.startsWith("wlapp_");
}
