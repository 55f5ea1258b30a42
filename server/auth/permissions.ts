import { AppError } from "../errors.ts";

/**
 * The one map of what may be done in a hospital. Menus, pages, JSON and jobs ask it; roles hold sets of it.
 * Grouped as the role form shows them.
 */
export const hospitalPermissions = {
  patients: [
    "patients:read",
    "patients:register",
    "patients:update",
    "patients:delete",
    "patients:export",
    "patients:import",
    "patients:restrict",
    "patients:break-glass",
    // A scope for programs alone: it opens nothing to a person.
    "patients:restricted",
  ],
  clinical: ["clinical:read"],
  documents: ["documents:read", "documents:write"],
  privacy: ["privacy:review", "consents:read", "consents:edit", "retention:read", "retention:edit"],
  users: ["users:read", "users:create", "users:update", "users:suspend"],
  roles: ["roles:read", "roles:edit"],
  departments: ["departments:read", "departments:edit"],
  settings: ["settings:read", "settings:edit"],
  audit: ["audit:read", "audit:export"],
  sync: ["sync:read", "sync:push"],
  support: ["support:decide"],
  keys: ["keys:read", "keys:edit"],
} as const;

export type HospitalPermission = (typeof hospitalPermissions)[keyof typeof hospitalPermissions][number];

export const allHospitalPermissions: readonly HospitalPermission[] =
  Object.values(hospitalPermissions).flat();

/** Whether this is a right that the product knows: a role may hold one that a newer copy of the app has. */
export function isHospitalPermission(text: string): text is HospitalPermission {
  return (allHospitalPermissions as readonly string[]).includes(text);
}

/** What an operator's role may do in the owner plane. */
export const ownerPermissions = [
  "tenants:read",
  "tenants:create",
  "tenants:edit",
  "tenants:suspend",
  "tenants:delete",
  "tenants:restore",
  "tenants:users",
  "support:ask",
  "plans:read",
  "servers:read",
  "health:read",
  "health:edit",
  "audit:read",
  "sync:push",
  "jobs:view",
  "operators:edit",
  "keys:read",
  "keys:edit",
] as const;

export type OwnerPermission = (typeof ownerPermissions)[number];

/** Rights that both sides call the same. */
export type SharedPermission = HospitalPermission & OwnerPermission;

export type OperatorRole = "super-admin" | "admin" | "group-admin";

export const permissionsOfOperatorRole: Readonly<Record<OperatorRole, ReadonlySet<OwnerPermission>>> = {
  "super-admin": new Set(ownerPermissions),
  admin: new Set(
    ownerPermissions.filter(
      (permission) => permission !== "operators:edit" && permission !== "tenants:delete",
    ),
  ),
  "group-admin": new Set<OwnerPermission>(["tenants:read", "tenants:users", "health:read"]),
};

/** A person of the hospital, signed in. */
export interface UserActor {
  readonly kind: "user";
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly roleId: string;
  readonly roleKey: string;
  readonly roleName: string;
  readonly permissions: ReadonlySet<string>;
  /** The departments that this person's rights are limited to; null: the whole hospital. Ask by `departmentScope`. */
  readonly departments: readonly string[] | null;
}

/** A person of the company that runs the hospitals, signed in. */
export interface OperatorActor {
  readonly kind: "operator";
  readonly operatorId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly role: OperatorRole;
  readonly permissions: ReadonlySet<string>;
  /** The hospitals that a group admin is given; null: every one. Ask by `requireTenant` and `visibleTenants`. */
  readonly tenantIds: ReadonlySet<string> | null;
}

/** A job, the command line, or the product itself; its name lands in the audit. */
export interface SystemActor {
  readonly kind: "system";
  readonly name: string;
}

/** Whoever sits at the server, by `bin/wardline`: what they are shown is noted, as everybody's looks are. */
export const commandActor: SystemActor = { kind: "system", name: "command" };

/** Whether what this actor reads meets no eye: a job, and the product itself. */
export const showsNobody = ({ kind, name }: HospitalActor): boolean =>
  kind === "system" && name !== commandActor.name;

/** A program of the hospital's own, by its API key; it holds what its scopes name and no person. */
export interface KeyActor {
  readonly kind: "key";
  readonly keyId: string;
  readonly name: string;
  /** In the owner plane: the hospitals that a key reaches whose maker is a group admin by now; else every one. */
  readonly tenantIds?: ReadonlySet<string> | null;
  readonly permissions: ReadonlySet<string>;
}

/** A person of the owner's company whom the hospital has let in for a while to help. */
export interface SupportActor {
  readonly kind: "support";
  readonly operatorId: string;
  readonly grantId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly permissions: ReadonlySet<string>;
  /** When the access ends by itself. */
  readonly until: Date;
}

export type HospitalActor = UserActor | KeyActor | SupportActor | SystemActor;
export type OwnerActor = OperatorActor | KeyActor | SystemActor;

const peopleAlone: ReadonlySet<string> = new Set([
  "keys:edit",
  "roles:edit",
  "operators:edit",
  "tenants:restore",
  "support:decide",
  "patients:break-glass",
]);

/** What a hospital's API key may hold: all but what needs a person, and what would let a leaked key make itself others. */
export const hospitalScopes: readonly HospitalPermission[] = allHospitalPermissions.filter(
  (permission) => !peopleAlone.has(permission),
);

/** The same for keys of the owner plane. */
export const ownerScopes: readonly OwnerPermission[] = ownerPermissions.filter(
  (permission) => !peopleAlone.has(permission),
);

/** The member of staff behind an act; null where a program, support or the product itself acts. */
export function staffIdOf(actor: HospitalActor): string | null {
  return actor.kind === "user" ? actor.userId : null;
}

/** Who acts, as one text that is the same at each request of theirs. */
export function actorKeyOf(actor: HospitalActor | OwnerActor): string {
  switch (actor.kind) {
    case "user":
      return actor.userId;
    case "operator":
      return actor.operatorId;
    case "key":
      return actor.keyId;
    case "support":
      return actor.grantId;
    case "system":
      return actor.name;
  }
}

/**
 * The departments whose rows this actor may reach; null: the whole hospital. Every rule that lists or opens rows
 * which carry a department narrows by it (docs/decisions/052-people.md).
 */
export function departmentScope(actor: HospitalActor): readonly string[] | null {
  return actor.kind === "user" ? actor.departments : null;
}

/** Whether this actor may; the system may do what its own code asks of it. */
export function may(actor: HospitalActor, permission: HospitalPermission): boolean;
export function may(actor: OwnerActor, permission: OwnerPermission): boolean;
export function may(actor: HospitalActor | OwnerActor, permission: SharedPermission): boolean;
export function may(actor: HospitalActor | OwnerActor, permission: string): boolean {
  return actor.kind === "system" || actor.permissions.has(permission);
}

/** The refusal of whoever lacks a right. */
export const permissionMissing = (permission: HospitalPermission | OwnerPermission) =>
  new AppError("forbidden", "permission.missing", `Your role does not allow this (${permission}).`, {
    details: { permission },
  });

/** First line of every rule. @throws AppError forbidden (403) naming the permission. */
export function authorize(actor: HospitalActor, permission: HospitalPermission): void;
export function authorize(actor: OwnerActor, permission: OwnerPermission): void;
export function authorize(actor: HospitalActor | OwnerActor, permission: SharedPermission): void;
export function authorize(
  actor: HospitalActor | OwnerActor,
  permission: HospitalPermission | OwnerPermission,
): void {
  if (actor.kind !== "system" && !actor.permissions.has(permission)) throw permissionMissing(permission);
}
