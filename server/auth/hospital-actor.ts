import { and, eq, isNull } from "drizzle-orm";
import { roles } from "../../db/schema/hospital/roles.ts";
import { refreshTokens, sessions } from "../../db/schema/hospital/sessions.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { sha256 } from "../crypto.ts";
import type { HospitalGate } from "../tenancy/context.ts";
import { ShortCache } from "./cache.ts";
import type { UserActor } from "./permissions.ts";
import { readAccessToken } from "./tokens.ts";

export const hospitalSessionTables = { sessions, refreshTokens };

/** A signed-in user with what the pages need of them. */
export interface SignedInUser {
  readonly actor: UserActor;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
  readonly mustChangePassword: boolean;
}

const known = new ShortCache<SignedInUser | null>(400, 20_000);

/** Forgets who is signed in, so that a change of a role, a suspension or a sign-out counts at the next request. */
export function forgetHospitalActors(): void {
  known.clear();
}

/** The user whose browser holds this cookie; null where the session ended or the user may not come in. */
// open: this is how a request learns who asks
export function userOfCookie(gate: HospitalGate, secret: string): Promise<SignedInUser | null> {
  const hash = sha256(secret);
  return remembered(gate, `c ${hash}`, eq(sessions.tokenHash, hash), "browser");
}

/** The user of this access token; null where it was signed for another hospital, expired, or its session ended. */
// open: this is how a request learns who asks
export async function userOfToken(gate: HospitalGate, token: string): Promise<SignedInUser | null> {
  const claims = await readAccessToken(
    gate.masterKey,
    `hospital:${gate.hospital.id}`,
    token,
    gate.clock.now(),
  );
  if (claims === null) return null;
  return remembered(gate, `t ${claims.sessionId}`, eq(sessions.id, claims.sessionId), "token");
}

async function remembered(
  gate: HospitalGate,
  key: string,
  which: ReturnType<typeof eq>,
  kind: "browser" | "token",
): Promise<SignedInUser | null> {
  const cacheKey = `${gate.hospital.id} ${key}`;
  const cached = known.get(cacheKey);
  if (cached !== undefined) return cached;
  const found = await lookUp(gate, which, kind);
  known.set(cacheKey, found);
  return found;
}

async function lookUp(
  gate: HospitalGate,
  which: ReturnType<typeof eq>,
  kind: "browser" | "token",
): Promise<SignedInUser | null> {
  const now = gate.clock.now();
  const [row] = await gate.db
    .select({ session: sessions, user: users, role: roles })
    .from(sessions)
    .innerJoin(users, eq(sessions.personId, users.id))
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(and(which, eq(sessions.kind, kind), isNull(sessions.revokedAt), eq(users.status, "active")));
  if (row === undefined || row.session.expiresAt <= now) return null;
  const { session, user, role } = row;
  if (now.getTime() - session.lastSeenAt.getTime() > 60_000) {
    await gate.db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, session.id));
  }
  return {
    actor: {
      kind: "user",
      userId: user.id,
      sessionId: session.id,
      name: user.name,
      email: user.email,
      roleId: role.id,
      roleKey: role.key,
      roleName: role.name,
      permissions: new Set(role.permissions),
    },
    language: user.language,
    theme: user.theme,
    mustChangePassword: user.mustChangePassword,
  };
}
