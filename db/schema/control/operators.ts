import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { refreshTokenTable, sessionTable } from "../sessions.ts";
import { tenants } from "./tenants.ts";

export const operatorRoles = ["super-admin", "admin", "group-admin"] as const;
export const operatorStatuses = ["active", "suspended", "invited"] as const;

/** People of the company that runs the hospitals. */
export const operators = pgTable(
  "operators",
  {
    id: id(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    role: text({ enum: operatorRoles }).notNull(),
    status: text({ enum: operatorStatuses }).notNull().default("active"),
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
  (table) => [uniqueIndex("operators_email").on(sql`lower(${table.email})`)],
);

/** The hospitals that a group admin sees; for the other roles it counts for nothing. */
export const operatorTenants = pgTable(
  "operator_tenants",
  {
    operatorId: uuid()
      .notNull()
      .references(() => operators.id, { onDelete: "cascade" }),
    tenantId: uuid()
      .notNull()
      .references(() => tenants.id, { onDelete: "cascade" }),
    assignedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.operatorId, table.tenantId] }),
    index("operator_tenants_of_tenant").on(table.tenantId),
  ],
);

/** An invitation by mail to an operator whose account waits for them; of the link only a hash is kept. */
export const operatorInvitations = pgTable("operator_invitations", {
  id: id(),
  operatorId: uuid()
    .notNull()
    .unique()
    .references(() => operators.id, { onDelete: "cascade" }),
  tokenHash: text().notNull().unique(),
  invitedByName: text().notNull(),
  sentAt: instant().notNull(),
  expiresAt: instant().notNull(),
  sends: integer().notNull().default(1),
  acceptedAt: instant(),
  ...history(),
});

export const operatorSessions = sessionTable("operator_sessions", () => operators.id);
export const operatorRefreshTokens = refreshTokenTable("operator_refresh_tokens", () => operatorSessions.id);
