import { and, eq, type SQL, sql } from "drizzle-orm";
import { passwordPolicy } from "../../db/schema/control/credentials.ts";
import { operatorRefreshTokens, operatorSessions, operators } from "../../db/schema/control/operators.ts";
import type { OwnerGate } from "../tenancy/context.ts";
import { mustChangeNow } from "./password-policy.ts";
import { type OperatorActor, permissionsOfOperatorRole } from "./permissions.ts";
import { sessionReader } from "./session-reader.ts";

export const ownerSessionTables = { sessions: operatorSessions, refreshTokens: operatorRefreshTokens };

/** A signed-in operator with what the pages need of them. */
export interface SignedInOperator {
  readonly actor: OperatorActor;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
  readonly mustChangePassword: boolean;
  /** Their role asks for a second factor that they have not set up: nothing else is open before. */
  readonly enrolmentDue: boolean;
}

/** A column for a statement that reads an operator: the hospitals they are given. */
export const tenantsOfOperator: SQL<string[]> = sql<
  string[]
>`array(select t.tenant_id::text from operator_tenants t where t.operator_id = "operators"."id")`;

/** An operator, acting in a session; `tenantIds` are the hospitals given to one who is a group admin. */
export function operatorActorOf(
  operator: typeof operators.$inferSelect,
  sessionId: string,
  tenantIds: readonly string[],
): OperatorActor {
  return {
    kind: "operator",
    operatorId: operator.id,
    sessionId,
    name: operator.name,
    email: operator.email,
    role: operator.role,
    permissions: permissionsOfOperatorRole[operator.role],
    tenantIds: operator.role === "group-admin" ? new Set(tenantIds) : null,
  };
}

const reader = sessionReader<OwnerGate, SignedInOperator>({
  tables: ownerSessionTables,
  rememberedAtMost: 1_000,
  audienceOf: () => "owner",
  async find(gate, which) {
    const [row] = await gate.db
      .select({
        session: operatorSessions,
        operator: operators,
        tenantIds: tenantsOfOperator,
        mustChangePassword: mustChangeNow(operators, passwordPolicy, gate.clock.now()),
      })
      .from(operatorSessions)
      .innerJoin(operators, eq(operatorSessions.personId, operators.id))
      .where(and(which, eq(operators.status, "active")));
    if (row === undefined) return null;
    const { session, operator, tenantIds, mustChangePassword } = row;
    const { language, theme } = operator;
    const { enrolmentDue } = session;
    const actor = operatorActorOf(operator, session.id, tenantIds);
    return { session, found: { actor, language, theme, mustChangePassword, enrolmentDue } };
  },
});

/** Forgets who is signed in, so that a suspension or a sign-out counts at the next request. */
export const forgetOwnerActors = reader.forget;

/** The operator whose browser holds this cookie; null where the session ended or the operator is suspended. */
// open: this is how a request learns who asks
export const operatorOfCookie = reader.ofCookie;

/** The operator of this access token; null where it is another audience's, expired, or its session ended. */
// open: this is how a request learns who asks
export const operatorOfToken = reader.ofToken;

/** Whether an operator's session is still good. */
// open: this is how an open stream learns that it has to end
export const isOperatorSessionOpen = reader.isOpen;
