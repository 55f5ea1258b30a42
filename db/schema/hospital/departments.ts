import { boolean, pgTable, text } from "drizzle-orm/pg-core";
import { history, id } from "../columns.ts";

export const departments = pgTable("departments", {
  id: id(),
  key: text().notNull().unique(),
  name: text().notNull(),
  description: text(),
  active: boolean().notNull().default(true),
  ...history(),
});
