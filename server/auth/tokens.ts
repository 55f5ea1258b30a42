import { jwt } from "@elysiajs/jwt";
import { deriveKey, keyId } from "../crypto.ts";

/** For whom a token is: one hospital, or the owner plane. A token of one does not even verify at another. */
export type Audience = `hospital:${string}` | "owner";

export interface AccessClaims {
  readonly personId: string;
  readonly sessionId: string;
}

export const accessTokenSeconds = 3600;
export const refreshTokenSeconds = 30 * 24 * 3600;

type Signer = ReturnType<typeof signerOf>;

function signerOf(masterKey: string, audience: Audience) {
  return jwt({
    name: "jwt",
    secret: new Uint8Array(deriveKey(masterKey, "access-token", audience)),
    kid: keyId(masterKey),
  }).decorator.jwt;
}

const signers = new Map<string, Signer>();

function signer(masterKey: string, audience: Audience): Signer {
  const key = `${keyId(masterKey)} ${audience}`;
  let found = signers.get(key);
  if (found === undefined) {
    found = signerOf(masterKey, audience);
    signers.set(key, found);
  }
  return found;
}

/** A signed access token (JWT, HS256, one hour) for one audience. */
export function signAccessToken(
  masterKey: string,
  audience: Audience,
  claims: AccessClaims,
  now: Date,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return signer(masterKey, audience).sign({
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
  AccessClaims & { readonly audience: Audience; readonly expiresAt: number }
>();
const verifiedAtMost = 5_000;

/** The claims of a token that was signed for this audience and has not expired; null for any other text. */
export async function readAccessToken(
  masterKey: string,
  audience: Audience,
  token: string,
  now: Date,
): Promise<AccessClaims | null> {
  const seconds = now.getTime() / 1000;
  const known = verified.get(token);
  if (known !== undefined) return known.audience === audience && known.expiresAt > seconds ? known : null;
  if (token.length > 2_000) return null;
  const claims = await signer(masterKey, audience).verify(token, {
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
  const entry = { personId: claims.sub, sessionId: claims.jti, audience, expiresAt: claims.exp };
  if (verified.size >= verifiedAtMost) verified.clear();
  verified.set(token, entry);
  return entry;
}
