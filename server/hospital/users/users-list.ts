import { and, asc, eq, or, type SQL, sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { type userStatuses, users } from "../../../db/schema/hospital/users.ts";
import { authorize } from "../../auth/permissions.ts";
import { notFound } from "../../errors.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requireInScope, usersInScope } from "./user-scope.ts";

/** A member of staff as they are told of: never with what proves their password. */
export const userColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  phone: users.phone,
  status: users.status,
  roleId: users.roleId,
  roleKey: roles.key,
  roleName: roles.name,
  departmentId: users.departmentId,
  departmentKey: departments.key,
  departmentName: departments.name,
  // Written out: the subquery has no join of its own to take the names from.
  otherDepartmentIds: sql<
    string[]
  >`array(select d.department_id::text from user_departments d where d.user_id = "users"."id" order by 1)`,
  scope: users.scope,
  roleScope: roles.scope,
  mustChangePassword: users.mustChangePassword,
  lastSignInAt: users.lastSignInAt,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
  version: users.version,
} as const;

const select = (db: HospitalDb) =>
  db
    .select(userColumns)
    .from(users)
    .innerJoin(roles, eq(users.roleId, roles.id))
    .leftJoin(departments, eq(users.departmentId, departments.id));

export type User = Awaited<ReturnType<typeof select>>[number];

export interface UserListQuery {
  readonly search?: string | undefined;
  readonly status?: (typeof userStatuses)[number] | undefined;
  readonly roleId?: string | undefined;
  readonly departmentId?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const byName = sql`lower(${users.name})`;

/**
 * The hospital's staff by name, searched and narrowed.
 * @throws AppError invalid (422) for a cursor that is not of this list; forbidden (403).
 */
export async function listUsers(context: HospitalContext, query: UserListQuery = {}): Promise<PageOf<User>> {
  authorize(context.actor, "users:read");
  const limit = query.limit ?? 20;
  const found = and(narrowed(query), usersInScope(context.actor));
  const [rows, total] = await Promise.all([
    select(context.db)
      .where(and(found, beyond(query.cursor)))
      .orderBy(asc(byName), asc(users.id))
      .limit(limit + 1),
    context.db.select({ total: sql<number>`count(*)::int` }).from(users).where(found),
  ]);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const nextCursor = last === undefined ? null : encodeCursor([last.name.toLowerCase(), last.id]);
  return { items: rows.slice(0, limit), nextCursor, total: total[0]?.total ?? 0 };
}

function narrowed({ search, status, roleId, departmentId }: UserListQuery): SQL | undefined {
  const words = (search ?? "")
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .toLowerCase();
  const pattern = `%${words.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return and(
    status === undefined ? undefined : eq(users.status, status),
    roleId === undefined ? undefined : eq(users.roleId, roleId),
    departmentId === undefined
      ? undefined
      : or(
          eq(users.departmentId, departmentId),
          sql`exists (select from user_departments d where d.user_id = ${users.id} and d.department_id = ${departmentId}::uuid)`,
        ),
    words === ""
      ? undefined
      : or(sql`lower(${users.name}) like ${pattern}`, sql`lower(${users.email}) like ${pattern}`),
  );
}

function beyond(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const [name, id] = decodeCursor(cursor, 2);
  if (typeof name !== "string" || name.includes("\u0000") || !isId(id)) decodeCursor("", 2);
  return sql`(${byName}, ${users.id}) > (${name}::text, ${id}::uuid)`;
}

/** One member of staff. @throws AppError not-found (404); forbidden (403). */
export async function getUser(context: HospitalContext, id: string): Promise<User> {
  authorize(context.actor, "users:read");
  const user = await readUser(context.db, id);
  requireInScope(context.actor, user);
  return user;
}

/** One member of staff, read inside a rule's own transaction. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function readUser(db: HospitalDb, id: string): Promise<User> {
  const [row] = isId(id) ? await select(db).where(eq(users.id, id)) : [];
  if (row === undefined) throw notFound("user");
  return row;
}
