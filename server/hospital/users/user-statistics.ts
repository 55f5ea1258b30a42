import { and, eq, type SQL, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { userInvitations, type userStatuses, users } from "../../../db/schema/hospital/users.ts";
import { authorize, departmentScope } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { usersInScope } from "./user-scope.ts";

const dayMs = 24 * 60 * 60_000;

/** How long ago somebody last signed in: each counts once, in the first that fits. */
export const signInAges = ["today", "week", "month", "quarter", "older", "never"] as const;
export type SignInAge = (typeof signInAges)[number];

interface Share {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly users: number;
}

export interface UserStatistics {
  readonly total: number;
  readonly byStatus: Readonly<Record<(typeof userStatuses)[number], number>>;
  /** The largest first; roles that nobody has are left out. */
  readonly byRole: readonly Share[];
  /** Somebody of two departments counts in both; `none` are in no department. */
  readonly byDepartment: readonly Share[];
  readonly withoutDepartment: number;
  /** Of those who may sign in, by the last 24 hours, 7, 30 and 90 days. */
  readonly byLastSignIn: Readonly<Record<SignInAge, number>>;
  readonly invitations: {
    readonly waiting: number;
    readonly expired: number;
    /** Accepted in the last 30 days. */
    readonly accepted: number;
  };
  readonly at: Date;
}

const count = sql<number>`count(*)::int`;

/**
 * The hospital's staff in figures, or that of the departments who asks is limited to.
 * @throws AppError forbidden (403).
 */
export async function userStatistics(context: HospitalContext): Promise<UserStatistics> {
  authorize(context.actor, "users:read");
  const seen = usersInScope(context.actor);
  const now = context.clock.now();
  const { db } = context;
  const [states, byRole, byDepartment, withoutDepartment, ages, invitations] = await Promise.all([
    db.select({ status: users.status, users: count }).from(users).where(seen).groupBy(users.status),
    rolesOf(db, seen),
    departmentsOf(db, seen, departmentScope(context.actor)),
    db.$count(users, and(seen, sql`${users.departmentId} is null`)),
    agesOf(db, seen, now),
    invitationsOf(db, seen, now),
  ]);
  const byStatus = { active: 0, suspended: 0, deactivated: 0, invited: 0 };
  for (const row of states) byStatus[row.status] = row.users;
  const total = states.reduce((sum, row) => sum + row.users, 0);
  return {
    total,
    byStatus,
    byRole,
    byDepartment,
    withoutDepartment,
    byLastSignIn: ages,
    invitations,
    at: now,
  };
}

function rolesOf(db: HospitalDb, seen: SQL | undefined) {
  return db
    .select({ id: roles.id, key: roles.key, name: roles.name, users: count })
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .where(seen)
    .groupBy(roles.id)
    .orderBy(sql`count(*) desc`, sql`lower(${roles.name})`);
}

function departmentsOf(db: HospitalDb, seen: SQL | undefined, scope: readonly string[] | null) {
  const belongs = sql`(${users.departmentId} = ${departments.id}
    or exists (select from user_departments d where d.user_id = ${users.id} and d.department_id = ${departments.id}))`;
  // Of a colleague shared with another department, who is limited learns nothing of that other one.
  const mine =
    scope === null
      ? undefined
      : scope.length === 0
        ? sql`false`
        : sql`${departments.id} in (${sql.join(
            scope.map((id) => sql`${id}::uuid`),
            sql`, `,
          )})`;
  return db
    .select({ id: departments.id, key: departments.key, name: departments.name, users: count })
    .from(users)
    .innerJoin(departments, belongs)
    .where(and(seen, mine))
    .groupBy(departments.id)
    .orderBy(sql`count(*) desc`, sql`lower(${departments.name})`);
}

async function agesOf(
  db: HospitalDb,
  seen: SQL | undefined,
  now: Date,
): Promise<Readonly<Record<SignInAge, number>>> {
  const since = (days: number) => sql`${new Date(now.getTime() - days * dayMs).toISOString()}::timestamptz`;
  const age = sql<SignInAge>`case
    when ${users.lastSignInAt} is null then 'never'
    when ${users.lastSignInAt} >= ${since(1)} then 'today'
    when ${users.lastSignInAt} >= ${since(7)} then 'week'
    when ${users.lastSignInAt} >= ${since(30)} then 'month'
    when ${users.lastSignInAt} >= ${since(90)} then 'quarter'
    else 'older' end`;
  const rows = await db
    .select({ age, users: count })
    .from(users)
    .where(and(seen, eq(users.status, "active")))
    .groupBy(sql`1`);
  const ages = { today: 0, week: 0, month: 0, quarter: 0, older: 0, never: 0 };
  for (const row of rows) ages[row.age] = row.users;
  return ages;
}

async function invitationsOf(db: HospitalDb, seen: SQL | undefined, now: Date) {
  const at = sql`${now.toISOString()}::timestamptz`;
  const recent = sql`${new Date(now.getTime() - 30 * dayMs).toISOString()}::timestamptz`;
  const { acceptedAt, expiresAt } = userInvitations;
  const [row] = await db
    .select({
      waiting: sql<number>`count(*) filter (where ${users.status} = 'invited' and ${expiresAt} > ${at})::int`,
      expired: sql<number>`count(*) filter (where ${users.status} = 'invited' and ${expiresAt} <= ${at})::int`,
      accepted: sql<number>`count(*) filter (where ${acceptedAt} >= ${recent})::int`,
    })
    .from(userInvitations)
    .innerJoin(users, eq(users.id, userInvitations.userId))
    .where(seen);
  return row ?? { waiting: 0, expired: 0, accepted: 0 };
}
