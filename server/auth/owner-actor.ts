import { and, eq, isNull } from "drizzle-orm";
import { operatorRefreshTokens, operatorSessions, operators } from "../../db/schema/control/operators.ts";
import { sha256 } from "../crypto.ts";
import type { OwnerGate } from "../tenancy/context.ts";
import { ShortCache } from "./cache.ts";
import { type OperatorActor, permissionsOfOperatorRole } from "./permissions.ts";
import { readAccessToken } from "./tokens.ts";

export const ownerSessionTables = { sessions: operatorSessions, refreshTokens: operatorRefreshTokens };

/** A signed-in operator with what the pages need of them. */
export interface SignedInOperator {
  readonly actor: OperatorActor;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
}

const known = new ShortCache<SignedInOperator | null>(400, 1_000);

/** Forgets who is signed in, so that a suspension or a sign-out counts at the next request. */
export function forgetOwnerActors(): void {
  known.clear();
}

/** The operator whose browser holds this cookie; null where the session ended or the operator is suspended. */
// open: this is how a request learns who asks
export function operatorOfCookie(gate: OwnerGate, secret: string): Promise<SignedInOperator | null> {
  const hash = sha256(secret);
  return remembered(gate, `c ${hash}`, eq(operatorSessions.tokenHash, hash), "browser");
}

/** The operator of this access token; null where it is another audience's, expired, or its session ended. */
// open: this is how a request learns who asks
export async function operatorOfToken(gate: OwnerGate, token: string): Promise<SignedInOperator | null> {
  const claims = await readAccessToken(gate.masterKey, "owner", token, gate.clock.now());
  if (claims === null) return null;
  return remembered(gate, `t ${claims.sessionId}`, eq(operatorSessions.id, claims.sessionId), "token");
}

async function remembered(
  gate: OwnerGate,
  key: string,
  which: ReturnType<typeof eq>,
  kind: "browser" | "token",
): Promise<SignedInOperator | null> {
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const now = gate.clock.now();
  const [row] = await gate.db
    .select({ session: operatorSessions, operator: operators })
    .from(operatorSessions)
    .innerJoin(operators, eq(operatorSessions.personId, operators.id))
    .where(
      and(
        which,
        eq(operatorSessions.kind, kind),
        isNull(operatorSessions.revokedAt),
        eq(operators.status, "active"),
      ),
    );
  const found =
    row === undefined || row.session.expiresAt <= now ? null : signedIn(row.session.id, row.operator);
  if (row !== undefined && found !== null && now.getTime() - row.session.lastSeenAt.getTime() > 60_000)
    await gate.db
      .update(operatorSessions)
      .set({ lastSeenAt: now })
      .where(eq(operatorSessions.id, row.session.id));
  known.set(key, found);
  return found;
}

function signedIn(sessionId: string, operator: typeof operators.$inferSelect): SignedInOperator {
  return {
    actor: {
      kind: "operator",
      operatorId: operator.id,
      sessionId,
      name: operator.name,
      email: operator.email,
      role: operator.role,
      permissions: permissionsOfOperatorRole[operator.role],
    },
    language: operator.language,
    theme: operator.theme,
  };
}
