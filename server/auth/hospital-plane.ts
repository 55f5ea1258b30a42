import { eq, sql } from "drizzle-orm";
import type { HospitalTx } from "../../db/planes.ts";
import { passwordPolicy } from "../../db/schema/hospital/credentials.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { recoveryCodes, secondFactors, signInChallenges } from "../../db/schema/hospital/second-factor.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { HospitalGate } from "../tenancy/context.ts";
import { hospitalCredentials } from "./credentials.ts";
import { departmentsOfUser } from "./department-scope.ts";
import { forgetHospitalActors, hospitalSessionTables, userActorOf } from "./hospital-actor.ts";
import { lockTables } from "./locks/lock-tables.ts";
import { mustChangeNow } from "./password-policy.ts";
import type { SystemActor, UserActor } from "./permissions.ts";
import type { Account, Person, Plane } from "./plane.ts";

type Row = {
  user: typeof users.$inferSelect;
  role: typeof roles.$inferSelect;
  departments: readonly string[];
  mustChange: boolean;
};

const personOf = ({ user, role, departments, mustChange }: Row): Person => ({
  id: user.id,
  email: user.email,
  name: user.name,
  passwordHash: user.passwordHash,
  active: user.status === "active",
  role: role.key,
  mustChangePassword: mustChange,
  needsSecondFactor: role.requiresSecondFactor,
  actorIn: (sessionId) => userActorOf(user, role, sessionId, departments),
});

/** Where sign-in keeps its rows in a hospital. */
export const hospitalTables = {
  ...hospitalSessionTables,
  secondFactors,
  recoveryCodes,
  challenges: signInChallenges,
};

/** A hospital, as sign-in knows it. */
// open: what is read of it is whose password or session is being judged
export function hospitalPlane(gate: HospitalGate): Plane {
  const find = async (which: ReturnType<typeof eq>): Promise<Person | null> => {
    const [row] = await gate.db
      .select({
        user: users,
        role: roles,
        departments: departmentsOfUser,
        mustChange: mustChangeNow(users, passwordPolicy, gate.clock.now()),
      })
      .from(users)
      .innerJoin(roles, eq(users.roleId, roles.id))
      .where(which);
    return row === undefined ? null : personOf(row);
  };
  return {
    where: gate.hospital.id,
    title: gate.hospital.name,
    audience: `hospital:${gate.hospital.id}`,
    tables: hospitalTables,
    credentials: hospitalCredentials(gate),
    lockout: lockTables.hospital,
    client: gate.client,
    clock: gate.clock,
    keyring: gate.keyring,
    vault: gate.hospital.vault,
    db: gate.db,
    isCopy: gate.hospital.readOnly?.why === "on-site",
    write: (work) => gate.write(work),
    personByEmail: (email) => find(eq(sql`lower(${users.email})`, email.toLowerCase())),
    personById: (id) => find(eq(users.id, id)),
    async noteSignIn(tx: HospitalTx, person: Person) {
      // A copy is written by nothing but the hospital's own server.
      if (gate.hospital.readOnly?.why === "on-site") return;
      await tx.update(users).set({ lastSignInAt: gate.clock.now() }).where(eq(users.id, person.id));
    },
    audit: (tx: HospitalTx, actor: UserActor | SystemActor, entry: AuditEntry) =>
      audit(tx, { ...gate, actor }, entry),
    forget: forgetHospitalActors,
  };
}

/** Somebody of the staff, signed in, as the rules about one's own account know them. */
// open: one's own account
export function hospitalAccount(gate: HospitalGate, actor: UserActor): Account {
  const { userId: personId, sessionId } = actor;
  return { plane: hospitalPlane(gate), actor, personId, sessionId };
}
