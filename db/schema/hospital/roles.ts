import { boolean, pgTable, text } from "drizzle-orm/pg-core";
import { history, id } from "../columns.ts";

/** A named set of permissions (`server/auth/permissions.ts`). Built-in roles keep their key; their permissions may change. */
export const roles = pgTable("roles", {
  id: id(),
  key: text().notNull().unique(),
  name: text().notNull(),
  description: text(),
  permissions: text().array().notNull(),
  builtIn: boolean().notNull().default(false),
  ...history(),
});
