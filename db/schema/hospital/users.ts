import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { departments } from "./departments.ts";
import { roles, scopes } from "./roles.ts";

export const userStatuses = ["active", "suspended", "deactivated", "invited"] as const;

/** The hospital's staff, as people who sign in. */
export const users = pgTable(
  "users",
  {
    id: id(),
    email: text().notNull(),
    name: text().notNull(),
    phone: text(),
    passwordHash: text().notNull(),
    status: text({ enum: userStatuses }).notNull().default("active"),
    roleId: uuid()
      .notNull()
      .references(() => roles.id),
    departmentId: uuid().references(() => departments.id),
    /** Narrows what the role reaches, never widens it. */
    scope: text({ enum: scopes }).notNull().default("hospital"),
    language: text({ enum: ["en", "ur", "hi"] }),
    theme: text({ enum: ["light", "dark", "system"] })
      .notNull()
      .default("system"),
    mustChangePassword: boolean().notNull().default(false),
    /** Null: since the account was made. */
    passwordChangedAt: instant(),
    emailVerifiedAt: instant(),
    lastSignInAt: instant(),
    ...history(),
  },
  (table) => [
    uniqueIndex("users_email").on(sql`lower(${table.email})`),
    index().on(table.roleId),
    index("users_of_department").on(table.departmentId),
  ],
);

/** The departments somebody belongs to beside the primary one, `users.departmentId`. */
export const userDepartments = pgTable(
  "user_departments",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    departmentId: uuid()
      .notNull()
      .references(() => departments.id),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.departmentId] }),
    index("user_departments_of_department").on(table.departmentId),
  ],
);

/** An invitation by mail to somebody whose account waits for them; of the link only a hash is kept. */
export const userInvitations = pgTable("user_invitations", {
  id: id(),
  userId: uuid()
    .notNull()
    .unique()
    .references(() => users.id, { onDelete: "cascade" }),
  tokenHash: text().notNull().unique(),
  invitedBy: uuid(),
  invitedByName: text().notNull(),
  sentAt: instant().notNull(),
  expiresAt: instant().notNull(),
  sends: integer().notNull().default(1),
  acceptedAt: instant(),
  ...history(),
});
