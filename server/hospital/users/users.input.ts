import { type Static, t } from "elysia";
import { scopes } from "../../../db/schema/hospital/roles.ts";
import { userStatuses } from "../../../db/schema/hospital/users.ts";
import { email, line, oneOf, phone, searchText, uuid } from "../../input.ts";

/** Long enough by NIST SP 800-63B for a password that stands alone; anything may be in it. */
export const newPassword = () => t.String({ minLength: 10, maxLength: 200, refusal: "too-weak" });

const placing = {
  otherDepartmentIds: t.Optional(
    t.Array(uuid(), {
      maxItems: 50,
      uniqueItems: true,
      description: "Departments beside the primary one, `departmentId`.",
    }),
  ),
  scope: t.Optional(oneOf(scopes)),
};

export const createUserInput = t.Object({
  name: line(120),
  email: email(),
  roleId: uuid(),
  departmentId: t.Optional(uuid()),
  ...placing,
  phone: t.Optional(phone()),
  password: t.Optional(newPassword()),
});
export type CreateUserInput = Static<typeof createUserInput>;

/** What is to change; null clears, what is left out stays. */
export const changeUserInput = t.Object({
  name: t.Optional(line(120)),
  email: t.Optional(email()),
  phone: t.Optional(t.Nullable(phone())),
  roleId: t.Optional(uuid()),
  departmentId: t.Optional(t.Nullable(uuid())),
  ...placing,
});
export type ChangeUserInput = Static<typeof changeUserInput>;

export const usersFilter = {
  search: t.Optional(searchText(200, "Part of the name or the e-mail address.")),
  status: t.Optional(oneOf(userStatuses)),
  roleId: t.Optional(uuid()),
  departmentId: t.Optional(uuid()),
};

/** Somebody who is invited chooses their password themselves. */
export const inviteUserInput = t.Omit(createUserInput, ["password"]);
export type InviteUserInput = Static<typeof inviteUserInput>;

/** What somebody invited sends to come in. */
export const acceptInput = t.Object({
  token: t.String({ minLength: 20, maxLength: 100 }),
  name: line(120),
  password: newPassword(),
});

export const userRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    email: t.String(),
    name: t.String(),
    phone: t.Nullable(t.String()),
    status: oneOf(userStatuses),
    roleId: t.String({ format: "uuid" }),
    roleKey: t.String(),
    roleName: t.String(),
    departmentId: t.Nullable(t.String({ format: "uuid" })),
    departmentKey: t.Nullable(t.String()),
    departmentName: t.Nullable(t.String()),
    otherDepartmentIds: t.Array(t.String({ format: "uuid" })),
    scope: oneOf(scopes),
    roleScope: oneOf(scopes),
    mustChangePassword: t.Boolean(),
    lastSignInAt: t.Nullable(t.String({ format: "date-time" })),
    createdAt: t.String({ format: "date-time" }),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
  },
  { title: "User" },
);

const maybeInstant = t.Nullable(t.String({ format: "date-time" }));
const shares = t.Array(
  t.Object({ id: t.String({ format: "uuid" }), key: t.String(), name: t.String(), users: t.Integer() }),
);

export const invitationAnswer = t.Object(
  {
    sentAt: t.String({ format: "date-time" }),
    expiresAt: t.String({ format: "date-time" }),
    sends: t.Integer(),
    invitedByName: t.String(),
    acceptedAt: maybeInstant,
  },
  { title: "Invitation" },
);

export const userStatisticsAnswer = t.Object(
  {
    total: t.Integer(),
    byStatus: t.Object({
      active: t.Integer(),
      suspended: t.Integer(),
      deactivated: t.Integer(),
      invited: t.Integer(),
    }),
    byRole: shares,
    byDepartment: shares,
    withoutDepartment: t.Integer(),
    byLastSignIn: t.Object(
      {
        today: t.Integer(),
        week: t.Integer(),
        month: t.Integer(),
        quarter: t.Integer(),
        older: t.Integer(),
        never: t.Integer(),
      },
      { description: "Of those who may sign in, by the last 24 hours, 7, 30 and 90 days." },
    ),
    invitations: t.Object({ waiting: t.Integer(), expired: t.Integer(), accepted: t.Integer() }),
    at: t.String({ format: "date-time" }),
  },
  { title: "UserStatistics" },
);
