import { and, eq } from "drizzle-orm";
import { passwordPolicy } from "../../db/schema/hospital/credentials.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { refreshTokens, sessions } from "../../db/schema/hospital/sessions.ts";
import { users } from "../../db/schema/hospital/users.ts";
import type { HospitalGate } from "../tenancy/context.ts";
import { departmentsOf, departmentsOfUser } from "./department-scope.ts";
import { mustChangeNow } from "./password-policy.ts";
import type { UserActor } from "./permissions.ts";
import { sessionReader } from "./session-reader.ts";

export const hospitalSessionTables = { sessions, refreshTokens };

/** A signed-in user with what the pages need of them. */
export interface SignedInUser {
  readonly actor: UserActor;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
  readonly mustChangePassword: boolean;
  /** Their role asks for a second factor that they have not set up: nothing else is open before. */
  readonly enrolmentDue: boolean;
}

/** Somebody of the staff, acting in a session. `departments`: those beside their primary one. */
export function userActorOf(
  user: typeof users.$inferSelect,
  role: typeof roles.$inferSelect,
  sessionId: string,
  departments: readonly string[],
): UserActor {
  return {
    kind: "user",
    userId: user.id,
    sessionId,
    name: user.name,
    email: user.email,
    roleId: role.id,
    roleKey: role.key,
    roleName: role.name,
    permissions: new Set(role.permissions),
    departments: departmentsOf({ user, role, departments }),
  };
}

const reader = sessionReader<HospitalGate, SignedInUser>({
  tables: hospitalSessionTables,
  rememberedAtMost: 20_000,
  audienceOf: (gate) => `hospital:${gate.hospital.id}`,
  async find(gate, which) {
    const [row] = await gate.db
      .select({
        session: sessions,
        user: users,
        role: roles,
        departments: departmentsOfUser,
        mustChangePassword: mustChangeNow(users, passwordPolicy, gate.clock.now()),
      })
      .from(sessions)
      .innerJoin(users, eq(sessions.personId, users.id))
      .innerJoin(roles, eq(users.roleId, roles.id))
      .where(and(which, eq(users.status, "active")));
    if (row === undefined) return null;
    const { session, user, role, departments, mustChangePassword } = row;
    const { language, theme } = user;
    const { enrolmentDue } = session;
    const actor = userActorOf(user, role, session.id, departments);
    return { session, found: { actor, language, theme, mustChangePassword, enrolmentDue } };
  },
});

/** Forgets who is signed in, so that a change of a role, a suspension or a sign-out counts at the next request. */
export const forgetHospitalActors = reader.forget;

/** The user whose browser holds this cookie; null where the session ended or the user may not come in. */
// open: this is how a request learns who asks
export const userOfCookie = reader.ofCookie;

/** The user of this access token; null where it was signed for another hospital, expired, or its session ended. */
// open: this is how a request learns who asks
export const userOfToken = reader.ofToken;

/** Whether a user's session is still good. */
// open: this is how an open stream learns that it has to end
export const isUserSessionOpen = reader.isOpen;
