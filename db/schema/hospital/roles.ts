import { boolean, pgTable, text } from "drizzle-orm/pg-core";
import { history, id } from "../columns.ts";

/** How far a role's rights, or a person's, reach: rows of the whole hospital, or of their own departments alone. */
export const scopes = ["hospital", "departments"] as const;
export type Scope = (typeof scopes)[number];

/** A named set of permissions (`server/auth/permissions.ts`). Built-in roles keep their key; their permissions may change. */
export const roles = pgTable("roles", {
  id: id(),
  key: text().notNull().unique(),
  name: text().notNull(),
  description: text(),
  permissions: text().array().notNull(),
  scope: text({ enum: scopes }).notNull().default("hospital"),
  /** Its people need a second factor to sign in. */
  requiresSecondFactor: boolean().notNull().default(false),
  builtIn: boolean().notNull().default(false),
  ...history(),
});
