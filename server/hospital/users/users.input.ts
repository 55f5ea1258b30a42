import { type Static, t } from "elysia";
import { userStatuses } from "../../../db/schema/hospital/users.ts";
import { email, line, oneOf, phone, searchText, uuid } from "../../input.ts";

/** Long enough by NIST SP 800-63B for a password that stands alone; anything may be in it. */
export const newPassword = () => t.String({ minLength: 10, maxLength: 200, refusal: "too-weak" });

export const createUserInput = t.Object({
  name: line(120),
  email: email(),
  roleId: uuid(),
  departmentId: t.Optional(uuid()),
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
});
export type ChangeUserInput = Static<typeof changeUserInput>;

export const usersFilter = {
  search: t.Optional(searchText(200, "Part of the name or the e-mail address.")),
  status: t.Optional(oneOf(userStatuses)),
  roleId: t.Optional(uuid()),
};

export const userRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    email: t.String(),
    name: t.String(),
    phone: t.Nullable(t.String()),
    status: oneOf(userStatuses),
    roleId: t.String({ format: "uuid" }),
    roleName: t.String(),
    departmentId: t.Nullable(t.String({ format: "uuid" })),
    departmentName: t.Nullable(t.String()),
    mustChangePassword: t.Boolean(),
    lastSignInAt: t.Nullable(t.String({ format: "date-time" })),
    createdAt: t.String({ format: "date-time" }),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
  },
  { title: "User" },
);
