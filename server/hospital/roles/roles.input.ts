import { type Static, t } from "elysia";
import { scopes } from "../../../db/schema/hospital/roles.ts";
import { allHospitalPermissions, type HospitalPermission } from "../../auth/permissions.ts";
import { line, oneOf } from "../../input.ts";

const permissions = t.Array(oneOf(allHospitalPermissions as [HospitalPermission, ...HospitalPermission[]]), {
  maxItems: allHospitalPermissions.length,
  uniqueItems: true,
});

const factorRule = { description: "People with this role need a second factor, from their next sign-in on." };

export const createRoleInput = t.Object({
  name: line(80),
  description: t.Optional(line(300)),
  permissions,
  scope: t.Optional(oneOf(scopes)),
  requiresSecondFactor: t.Optional(t.Boolean(factorRule)),
});
export type CreateRoleInput = Static<typeof createRoleInput>;

/** What is to change; null clears, what is left out stays. */
export const changeRoleInput = t.Object({
  name: t.Optional(line(80)),
  description: t.Optional(t.Nullable(line(300))),
  permissions: t.Optional(permissions),
  scope: t.Optional(oneOf(scopes)),
  requiresSecondFactor: t.Optional(t.Boolean(factorRule)),
});
export type ChangeRoleInput = Static<typeof changeRoleInput>;

export const roleRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    key: t.String(),
    name: t.String(),
    description: t.Nullable(t.String()),
    permissions: t.Array(t.String()),
    scope: oneOf(scopes),
    requiresSecondFactor: t.Boolean(),
    builtIn: t.Boolean(),
    users: t.Integer({ description: "People who have this role." }),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
  },
  { title: "Role" },
);
