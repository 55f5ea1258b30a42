import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { plans } from "./plans.ts";

/** A Postgres server that hospitals' databases are placed on. Its maintenance role may create databases and roles. */
export const databaseServers = pgTable("database_servers", {
  id: id(),
  name: text().notNull().unique(),
  region: text().notNull(),
  purpose: text({ enum: ["primary", "copy"] }).notNull(),
  host: text().notNull(),
  port: integer().notNull(),
  adminUser: text().notNull(),
  sealedAdminPassword: text().notNull(),
  maxHospitals: integer(),
  ...history(),
});

export const tenantStatuses = [
  "provisioning",
  "active",
  "suspended",
  "archived",
  "deleting",
  "deleted",
] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

/** A hospital as the owner sees it, and where its two databases are. */
export const tenants = pgTable(
  "tenants",
  {
    id: id(),
    companyName: text().notNull(),
    subdomain: text().notNull().unique(),
    status: text({ enum: tenantStatuses }).notNull().default("provisioning"),
    region: text().notNull(),
    planId: uuid()
      .notNull()
      .references(() => plans.id),
    isolation: text({ enum: ["database", "schema"] })
      .notNull()
      .default("database"),
    /** The database of its own, or in schema isolation the name its schema is made from. */
    tenantDbName: text().notNull().unique(),
    roleName: text().notNull().unique(),
    sealedPassword: text().notNull(),
    /** The key of what is sealed inside the hospital's own database, sealed with the master key. Null once erased. */
    sealedDataKey: text(),
    primaryServerId: uuid()
      .notNull()
      .references(() => databaseServers.id),
    primaryDatabase: text().notNull(),
    copyServerId: uuid().references(() => databaseServers.id),
    copyDatabase: text(),
    schemaName: text().notNull(),
    timeZone: text().notNull().default("UTC"),
    currency: text().notNull().default("USD"),
    language: text({ enum: ["en", "ur", "hi"] })
      .notNull()
      .default("en"),
    accent: text(),
    contactEmail: text(),
    contactPhone: text(),
    customDomain: text().unique(),
    /** Counts as last reported by the hospital's database; `usageAt` says when. */
    patientCount: integer(),
    userCount: integer(),
    usageAt: instant(),
    /** `tenants.version + subscriptions.version` of what the hospital's own database last received. */
    configurationPushed: integer().notNull().default(0),
    statusReason: text(),
    /** When setting up had got so far that people could sign in. */
    readyAt: instant(),
    suspendedAt: instant(),
    archivedAt: instant(),
    deletedAt: instant(),
    /** After this instant the databases and the role may be dropped. */
    purgeAfter: instant(),
    ...history(),
  },
  (table) => [
    unique().on(table.primaryServerId, table.primaryDatabase, table.schemaName),
    index().on(table.status, table.createdAt),
    check("tenants_subdomain_form", sql`${table.subdomain} ~ '^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$'`),
    check("tenants_db_name_form", sql`${table.tenantDbName} ~ '^[a-z0-9](?:[a-z0-9_-]{1,61}[a-z0-9])$'`),
  ],
);

export const subscriptionStatuses = [
  "trial",
  "active",
  "past_due",
  "grace",
  "restricted",
  "archived",
] as const;

export const subscriptions = pgTable(
  "subscriptions",
  {
    id: id(),
    tenantId: uuid()
      .notNull()
      .unique()
      .references(() => tenants.id),
    planId: uuid()
      .notNull()
      .references(() => plans.id),
    status: text({ enum: subscriptionStatuses }).notNull(),
    billingCycle: text({ enum: ["monthly", "yearly"] })
      .notNull()
      .default("monthly"),
    trialEndsAt: instant(),
    periodStartsAt: instant().notNull(),
    periodEndsAt: instant(),
    statusSince: instant().notNull(),
    ...history(),
  },
  (table) => [index().on(table.status, table.trialEndsAt)],
);
