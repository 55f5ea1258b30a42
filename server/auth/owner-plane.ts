import { eq, sql } from "drizzle-orm";
import type { ControlTx } from "../../db/planes.ts";
import { passwordPolicy } from "../../db/schema/control/credentials.ts";
import { operators } from "../../db/schema/control/operators.ts";
import {
  operatorChallenges,
  operatorRecoveryCodes,
  operatorRoleRules,
  operatorSecondFactors,
} from "../../db/schema/control/second-factor.ts";
import { type AuditEntry, auditOwner } from "../audit/audit.ts";
import type { OwnerGate } from "../tenancy/context.ts";
import { ownerCredentials } from "./credentials.ts";
import { lockTables } from "./locks/lock-tables.ts";
import { forgetOwnerActors, operatorActorOf, ownerSessionTables, tenantsOfOperator } from "./owner-actor.ts";
import { mustChangeNow } from "./password-policy.ts";
import type { OperatorActor, SystemActor } from "./permissions.ts";
import type { Account, Person, Plane } from "./plane.ts";

const personOf = (
  operator: typeof operators.$inferSelect,
  needsSecondFactor: boolean,
  tenantIds: readonly string[],
  mustChange: boolean,
): Person => ({
  id: operator.id,
  email: operator.email,
  name: operator.name,
  passwordHash: operator.passwordHash,
  active: operator.status === "active",
  role: operator.role,
  mustChangePassword: mustChange,
  needsSecondFactor,
  actorIn: (sessionId) => operatorActorOf(operator, sessionId, tenantIds),
});

/** Where sign-in keeps its rows in the control database. */
export const ownerTables = {
  ...ownerSessionTables,
  secondFactors: operatorSecondFactors,
  recoveryCodes: operatorRecoveryCodes,
  challenges: operatorChallenges,
};

/** The owner portal, as sign-in knows it. */
// open: what is read of it is whose password or session is being judged
export function ownerPlane(gate: OwnerGate): Plane {
  const find = async (which: ReturnType<typeof eq>): Promise<Person | null> => {
    const [row] = await gate.db
      .select({
        operator: operators,
        needs: operatorRoleRules.requiresSecondFactor,
        tenantIds: tenantsOfOperator,
        mustChange: mustChangeNow(operators, passwordPolicy, gate.clock.now()),
      })
      .from(operators)
      .leftJoin(operatorRoleRules, eq(operators.role, operatorRoleRules.role))
      .where(which);
    return row === undefined
      ? null
      : personOf(row.operator, row.needs === true, row.tenantIds, row.mustChange);
  };
  return {
    where: "owner",
    title: "Wardline",
    audience: "owner",
    tables: ownerTables,
    credentials: ownerCredentials(gate),
    lockout: lockTables.owner,
    client: gate.client,
    clock: gate.clock,
    keyring: gate.keyring,
    vault: gate.vault,
    db: gate.db,
    isCopy: false,
    write: (work) => gate.write(work),
    personByEmail: (email) => find(eq(sql`lower(${operators.email})`, email.toLowerCase())),
    personById: (id) => find(eq(operators.id, id)),
    async noteSignIn(tx: ControlTx, person: Person) {
      await tx.update(operators).set({ lastSignInAt: gate.clock.now() }).where(eq(operators.id, person.id));
    },
    audit: (tx: ControlTx, actor: OperatorActor | SystemActor, entry: AuditEntry) =>
      auditOwner(tx, { ...gate, actor }, entry),
    forget: forgetOwnerActors,
  };
}

/** An operator, signed in, as the rules about one's own account know them. */
// open: one's own account
export function ownerAccount(gate: OwnerGate, actor: OperatorActor): Account {
  const { operatorId: personId, sessionId } = actor;
  return { plane: ownerPlane(gate), actor, personId, sessionId };
}
