import { Secret, TOTP } from "otpauth";

const periodSeconds = 30;

function generatorOf(secret: string, names: { readonly title: string; readonly email: string }): TOTP {
  return new TOTP({
    issuer: names.title,
    label: names.email,
    algorithm: "SHA1",
    digits: 6,
    period: periodSeconds,
    secret: Secret.fromBase32(secret),
  });
}

/** A new shared secret of 160 bits (RFC 4226), as base32. */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What an authenticator app reads from the picture: the secret, and under which name to keep it. */
export function enrolmentUri(
  secret: string,
  names: { readonly title: string; readonly email: string },
): string {
  return generatorOf(secret, names).toString();
}

/**
 * The time step (unix seconds / 30) that a code of six digits belongs to: this one, the one before or the next, since
 * clocks differ (RFC 6238); null for a wrong code.
 */
export function stepOf(secret: string, code: string, now: Date): number | null {
  const token = code.replaceAll(/[\s-]/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const timestamp = now.getTime();
  const delta = generatorOf(secret, { title: "", email: "" }).validate({ token, timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / 1000 / periodSeconds) + delta;
}
