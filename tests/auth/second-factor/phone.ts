import { Secret, TOTP } from "otpauth";
import type { Client } from "../../support/client.ts";

/** The code that an authenticator app would show at an instant. */
export function codeAt(secret: string, at: Date): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() });
}

export interface Enrolled {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Sets up a second factor for whoever the client's token is, by the API. */
export async function enrol(client: Client, now: Date): Promise<Enrolled> {
  const base = client.host.startsWith("owner.") ? "/api/v1/owner/auth" : "/api/v1/tenant/auth";
  const begun = await client.send(`${base}/second-factor/enrolment`, { method: "POST" });
  if (begun.status !== 200) throw new Error(`Enrolment answered ${begun.status}: ${await begun.text()}`);
  const { secret } = (await begun.json()) as { secret: string };
  const confirmed = await client.send(`${base}/second-factor/confirmation`, {
    json: { code: codeAt(secret, now) },
  });
  if (confirmed.status !== 200)
    throw new Error(`Confirmation answered ${confirmed.status}: ${await confirmed.text()}`);
  const { recoveryCodes } = (await confirmed.json()) as { recoveryCodes: string[] };
  return { secret, recoveryCodes };
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

/** The first step of signing in by tokens; the challenge of the second. */
export async function challengeFor(client: Client, email: string, password: string): Promise<string> {
  const base = client.host.startsWith("owner.") ? "/api/v1/owner/auth" : "/api/v1/tenant/auth";
  const answer = await client.send(`${base}/login`, { json: { email, password } });
  const { code, details } = await problemOf(answer);
  if (answer.status !== 401 || code !== "auth.second-factor-required")
    throw new Error(`Sign-in answered ${answer.status} ${code}.`);
  return String(details?.["challenge"]);
}
