import { hospitalSessionTables } from "../../server/auth/hospital-actor.ts";
import { ownerSessionTables } from "../../server/auth/owner-actor.ts";
import { openSession } from "../../server/auth/sessions.ts";
import { signAccessToken } from "../../server/auth/tokens.ts";
import { csrfToken } from "../../server/http/csrf.ts";
import type { TestApp, TestHospital } from "../support/app.ts";

/** Somebody as their browser and their program are known: a cookie with its form's proof, and an access token. */
export interface Badge {
  readonly personId: string;
  readonly sessionId: string;
  readonly cookie: string;
  readonly proof: string;
  readonly token: string;
  readonly refreshToken: string;
}

const client = { requestId: "matrix", address: "198.51.100.1", userAgent: "matrix" };

type Opened = Awaited<ReturnType<typeof openSession>>;

async function badgeOf(
  { services: { keyring } }: TestApp,
  audience: "owner" | `hospital:${string}`,
  personId: string,
  [browser, program]: readonly [Opened, Opened],
  now: Date,
): Promise<Badge> {
  const { sessionId, secret } = program;
  return {
    personId,
    sessionId,
    cookie: `wardline=${browser.secret}`,
    proof: csrfToken(keyring, browser.sessionId),
    token: await signAccessToken(keyring, audience, { personId, sessionId }, now),
    refreshToken: secret,
  };
}

/** A new session of somebody of a hospital, in a browser and in a program, as their sign-in would open it. */
export async function badgeAt(app: TestApp, hospital: TestHospital, personId: string): Promise<Badge> {
  const now = app.clock.now();
  const pool = app.services.connections.hospital(hospital.facts.place);
  const opened = await pool.transaction(
    async (tx) =>
      [
        await openSession(tx, hospitalSessionTables, { id: personId, kind: "browser", client, now }),
        await openSession(tx, hospitalSessionTables, { id: personId, kind: "token", client, now }),
      ] as const,
  );
  return badgeOf(app, `hospital:${hospital.id}`, personId, opened, now);
}

/** The same for an operator. */
export async function operatorBadge(app: TestApp, personId: string): Promise<Badge> {
  const now = app.clock.now();
  const opened = await app.services.connections.control.transaction(
    async (tx) =>
      [
        await openSession(tx, ownerSessionTables, { id: personId, kind: "browser", client, now }),
        await openSession(tx, ownerSessionTables, { id: personId, kind: "token", client, now }),
      ] as const,
  );
  return badgeOf(app, "owner", personId, opened, now);
}
