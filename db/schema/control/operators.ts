import { sql } from "drizzle-orm";
import { boolean, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { refreshTokenTable, sessionTable } from "../sessions.ts";

export const operatorRoles = ["super-admin", "admin", "group-admin"] as const;

/** People of the company that runs the hospitals. */
export const operators = pgTable(
  "operators",
  {
    id: id(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    role: text({ enum: operatorRoles }).notNull(),
    status: text({ enum: ["active", "suspended"] })
      .notNull()
      .default("active"),
    language: text({ enum: ["en", "ur", "hi"] }),
    theme: text({ enum: ["light", "dark", "system"] })
      .notNull()
      .default("system"),
    mustChangePassword: boolean().notNull().default(false),
    lastSignInAt: instant(),
    ...history(),
  },
  (table) => [uniqueIndex("operators_email").on(sql`lower(${table.email})`)],
);

export const operatorSessions = sessionTable("operator_sessions", () => operators.id);
export const operatorRefreshTokens = refreshTokenTable("operator_refresh_tokens", () => operatorSessions.id);
