import { sql } from "drizzle-orm";
import { boolean, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { departments } from "./departments.ts";
import { roles } from "./roles.ts";

export const userStatuses = ["active", "suspended", "deactivated"] as const;

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
    language: text({ enum: ["en", "ur", "hi"] }),
    theme: text({ enum: ["light", "dark", "system"] })
      .notNull()
      .default("system"),
    mustChangePassword: boolean().notNull().default(false),
    lastSignInAt: instant(),
    ...history(),
  },
  (table) => [uniqueIndex("users_email").on(sql`lower(${table.email})`), index().on(table.roleId)],
);
