import { jwt } from "@elysiajs/jwt";
import type { Key, Keyring } from "../crypto.ts";

/** For whom a token is: one hospital, or the owner plane. A token of one does not even verify at another. */
export type Audience = `hospital:${string}` | "owner";

export interface AccessClaims {
  readonly personId: string;
  readonly sessionId: string;
}

export const accessTokenSeconds = 3600;
export const refreshTokenSeconds = 30 * 24 * 3600;

type Signer = ReturnType<typeof signerOf>;

function signerOf(key: Key, audience: Audience) {
  return jwt({
    name: "jwt",
    secret: new Uint8Array(key.derive("access-token", audience)),
    kid: key.id,
  }).decorator.jwt;
}

const signers = new Map<string, Signer>();

function signer(key: Key, audience: Audience): Signer {
  const name = `${key.id} ${audience}`;
  let found = signers.get(name);
  if (found === undefined) {
    found = signerOf(key, audience);
    signers.set(name, found);
  }
  return found;
}

/** The key that a token says it was signed with; null where it says nothing that can be read. */
function keyNamedBy(token: string): string | null {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(token.split(".", 1)[0] ?? "", "base64url").toString("utf8"),
    );
    const kid: unknown = typeof header === "object" && header !== null ? Reflect.get(header, "kid") : null;
    return typeof kid === "string" ? kid : null;
  } catch {
    return null;
  }
}

/** A signed access token (JWT, HS256, one hour) for one audience. */
export function signAccessToken(
  keyring: Keyring,
  audience: Audience,
  claims: AccessClaims,
  now: Date,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return signer(keyring.current, audience).sign({
    iss: "wardline",
    aud: audience,
    sub: claims.personId,
    jti: claims.sessionId,
    exp: issuedAt + accessTokenSeconds,
  });
}

/** Verified tokens by their text: a signature is checked once, its expiry each time. */
const verified = new Map<
  string,
  AccessClaims & { readonly audience: Audience; readonly expiresAt: number; readonly keyId: string }
>();
const verifiedAtMost = 5_000;

/**
 * The claims of a token that was signed for this audience, with a key still on the ring, and has not expired;
 * null for any other text.
 */
export async function readAccessToken(
  keyring: Keyring,
  audience: Audience,
  token: string,
  now: Date,
): Promise<AccessClaims | null> {
  const seconds = now.getTime() / 1000;
  const known = verified.get(token);
  if (known !== undefined)
    return known.audience === audience && known.expiresAt > seconds && keyring.find(known.keyId) !== undefined
      ? known
      : null;
  if (token.length > 2_000) return null;
  const key = keyring.find(keyNamedBy(token) ?? "");
  if (key === undefined) return null;
  const claims = await signer(key, audience).verify(token, {
    algorithms: ["HS256"],
    issuer: "wardline",
    audience,
    currentDate: now,
  });
  if (
    claims === false ||
    typeof claims.sub !== "string" ||
    typeof claims.jti !== "string" ||
    typeof claims.exp !== "number"
  )
    return null;
  const entry = {
    personId: claims.sub,
    sessionId: claims.jti,
    audience,
    expiresAt: claims.exp,
    keyId: key.id,
  };
  if (verified.size >= verifiedAtMost) verified.clear();
  verified.set(token, entry);
  return entry;
}
