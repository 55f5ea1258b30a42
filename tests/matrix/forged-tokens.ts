import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { AccessClaims, Audience } from "../../server/auth/tokens.ts";
import type { Keyring } from "../../server/crypto.ts";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Tokens that look right and are not, by what is wrong with them. The first few need no secret; the others are signed
 * with the very secret of the hospital, so that nothing but the one fault can be why they are refused.
 */
export function forgedTokens(
  keyring: Keyring,
  audience: Audience,
  otherAudience: Audience,
  { personId, sessionId }: AccessClaims,
  now: Date,
): Readonly<Record<string, string>> {
  const { current } = keyring;
  const exp = Math.floor(now.getTime() / 1000) + 3600;
  const good = { iss: "wardline", aud: audience, sub: personId, jti: sessionId, exp };
  const head = { alg: "HS256", typ: "JWT", kid: current.id };
  const hashes: Readonly<Record<string, string>> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
  const secret = current.derive("access-token", audience);
  const signed = (
    header: { readonly alg: string; readonly kid?: string },
    claims: unknown,
    key: Uint8Array | string = secret,
  ) => {
    const text = `${part(header)}.${part(claims)}`;
    const hash = hashes[header.alg] ?? "sha256";
    return `${text}.${createHmac(hash, key).update(text).digest("base64url")}`;
  };
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const rsaText = `${part({ ...head, alg: "RS256" })}.${part(good)}`;
  return {
    "alg none, no signature": `${part({ ...head, alg: "none" })}.${part(good)}.`,
    "alg None with a signature": signed({ ...head, alg: "None" }, good),
    "no alg": `${part({ typ: "JWT", kid: current.id })}.${part(good)}.`,
    "RS256 by a key of one's own": `${rsaText}.${sign("sha256", Buffer.from(rsaText), privateKey).toString("base64url")}`,
    "HS256 with a public key for its secret": signed(head, good, pem),
    "HS256 with an empty secret": signed(head, good, ""),
    "RS256 written over HS256": signed({ ...head, alg: "RS256" }, good),
    "HS512 with the right secret": signed({ ...head, alg: "HS512" }, good),
    "no kid": signed({ alg: "HS256" }, good),
    "kid of no key": signed({ ...head, kid: "0000000000000000" }, good),
    "kid that is a path": signed({ ...head, kid: "../../../../dev/null" }, good, ""),
    "kid that is SQL": signed({ ...head, kid: "' union select 'x' --" }, good),
    "expired a second ago": signed(head, { ...good, exp: Math.floor(now.getTime() / 1000) - 1 }),
    "not valid before tomorrow": signed(head, { ...good, nbf: exp + 86_400, exp: exp + 2 * 86_400 }),
    "never expires": signed(head, { ...good, exp: undefined }),
    "another issuer": signed(head, { ...good, iss: "someone" }),
    "another audience, right secret": signed(head, { ...good, aud: otherAudience }),
    "other audience's secret": signed(head, good, current.derive("access-token", otherAudience)),
    "session of nobody": signed(head, { ...good, jti: Bun.randomUUIDv7() }),
    "signature cut": signed(head, good).slice(0, -6),
  };
}
