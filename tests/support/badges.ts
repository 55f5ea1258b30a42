import { hospitalSessionTables } from "../../server/auth/hospital-actor.ts";
import { ownerSessionTables } from "../../server/auth/owner-actor.ts";
import { openSession } from "../../server/auth/sessions.ts";
import { signAccessToken } from "../../server/auth/tokens.ts";
import { csrfToken } from "../../server/http/csrf.ts";
import type { TestApp, TestHospital } from "./app.ts";

/** Somebody as their browser and their program are known: a cookie with its form's proof, and an access token. */
export interface Badge {
  readonly personId: string;
  readonly sessionId: string;
  readonly cookie: string;
  readonly proof: string;
  readonly token: string;
  readonly refreshToken: string;
}

const client = { requestId: "tests", address: "127.0.0.1", userAgent: "tests" };

/** What it takes to let somebody in. */
type At = Pick<TestApp, "services" | "clock">;

type Opened = Awaited<ReturnType<typeof openSession>>;

async function badgeOf(
  { services: { keyring } }: At,
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
export async function badgeAt(
  app: At,
  hospital: Pick<TestHospital, "id" | "facts">,
  personId: string,
): Promise<Badge> {
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
export async function operatorBadge(app: At, personId: string): Promise<Badge> {
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
