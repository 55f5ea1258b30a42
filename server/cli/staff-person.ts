import { scopes } from "../../db/schema/hospital/roles.ts";
import { listDepartments } from "../hospital/departments/departments.ts";
import { readInvitation } from "../hospital/users/invitations.ts";
import type { User } from "../hospital/users/users-list.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { choice } from "./arguments.ts";
import { table } from "./command.ts";
import { departmentOf, roleOf } from "./find-by-key.ts";

const text = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;

/** Options that say who one of the staff is and where they belong. */
export const personOptions = { name: text, role: text, department: many, scope: text, phone: text } as const;

export const placingUsage = `--role ROLE              by its key or its name
  --department DEPARTMENT  by its key or its name; several times for several, the primary one first
  --scope SCOPE            hospital, or departments: their rights reach their own departments alone`;

interface Placing {
  readonly role?: string | undefined;
  readonly department?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** Where somebody is to belong, as the rules name it; one empty department stands for none. @throws AppError not-found. */
export async function placingOf(context: HospitalContext, { role, department, scope }: Placing) {
  const departmentIds: string[] = [];
  for (const name of department ?? [])
    if (name.trim() !== "") departmentIds.push((await departmentOf(context, name)).id);
  const [first, ...others] = departmentIds;
  return {
    roleId: role === undefined ? undefined : (await roleOf(context, role)).id,
    ...(department === undefined ? {} : { departmentId: first ?? null, otherDepartmentIds: others }),
    scope: choice("scope", scope, scopes),
  };
}

/** One of the staff with how their invitation stands; null where they were never invited. */
export async function withInvitation(context: HospitalContext, user: User) {
  return { ...user, invitation: await readInvitation(context, user.id) };
}

/** One of the staff in words. */
export async function toldPerson(context: HospitalContext, user: User): Promise<string> {
  const { invitation } = await withInvitation(context, user);
  const others =
    user.otherDepartmentIds.length === 0
      ? []
      : (await listDepartments(context)).filter(({ id }) => user.otherDepartmentIds.includes(id));
  const isLimited = user.scope === "departments" || user.roleScope === "departments";
  return table([
    ["Name", user.name],
    ["Email", user.email],
    ...(user.phone === null ? [] : [["Phone", user.phone]]),
    ["State", user.status],
    ["Role", user.roleName],
    ["Department", user.departmentName ?? "none"],
    ...(others.length === 0 ? [] : [["Also in", others.map(({ name }) => name).join(", ")]]),
    ["Reaches", isLimited ? "their departments" : "the whole hospital"],
    ["Last sign-in", user.lastSignInAt?.toISOString() ?? "never"],
    ...(user.mustChangePassword ? [["Password", "to be changed at the next sign-in"]] : []),
    ...(invitation === null || user.status !== "invited"
      ? []
      : [["Invited", `by ${invitation.invitedByName}, until ${invitation.expiresAt.toISOString()}`]]),
  ]);
}
