import { sql } from "drizzle-orm";
import { type AnyPgColumn, boolean, check, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "./columns.ts";

/** What a password must be: one row, or none while nobody has changed the standard. The same on both planes. */
export function passwordPolicyTable() {
  return pgTable(
    "password_policy",
    {
      id: integer().primaryKey().default(1),
      minimumLength: integer().notNull().default(10),
      /** So many of a person's last passwords are refused. */
      remembered: integer().notNull().default(5),
      /** Null: a password does not grow too old. */
      maximumAgeDays: integer(),
      refuseCommon: boolean().notNull().default(true),
      ...history(),
    },
    (table) => [check("password_policy_one_row", sql`${table.id} = 1`)],
  );
}

/** The hashes of passwords a person has had. */
export function passwordHistoryTable(person: () => AnyPgColumn) {
  return pgTable(
    "password_history",
    {
      id: id(),
      personId: uuid().notNull().references(person, { onDelete: "cascade" }),
      passwordHash: text().notNull(),
      createdAt: instant().notNull().defaultNow(),
    },
    (table) => [index().on(table.personId, table.createdAt)],
  );
}

/** A link, and a code for those who cannot follow it, mailed to a person; both stored as hashes and good once. */
export function credentialLinkTable(person: () => AnyPgColumn) {
  return pgTable(
    "credential_links",
    {
      id: id(),
      personId: uuid().notNull().references(person, { onDelete: "cascade" }),
      purpose: text({ enum: ["reset", "verify-email"] }).notNull(),
      /** Where it was sent; to be the person's address once it is confirmed. */
      email: text().notNull(),
      linkHash: text().notNull().unique(),
      codeHash: text().notNull(),
      codeFailures: integer().notNull().default(0),
      createdAt: instant().notNull().defaultNow(),
      expiresAt: instant().notNull(),
      usedAt: instant(),
    },
    (table) => [index().on(table.personId, table.purpose)],
  );
}

/** That somebody asked for a way back in. Whether there is such an account is looked at after the answer. */
export function recoveryRequestTable() {
  return pgTable(
    "recovery_requests",
    {
      id: id(),
      sealedEmail: text().notNull(),
      language: text({ enum: ["en", "ur", "hi"] }).notNull(),
      createdAt: instant().notNull().defaultNow(),
      handledAt: instant(),
    },
    (table) => [index().on(table.handledAt, table.createdAt)],
  );
}

export const mailStatuses = ["waiting", "sent", "failed"] as const;

/** Mail to be sent, written in the transaction of the act that it tells of. Its text and address are sealed. */
export function mailOutboxTable() {
  return pgTable(
    "mail_outbox",
    {
      id: id(),
      template: text().notNull(),
      language: text({ enum: ["en", "ur", "hi"] }).notNull(),
      /** Address and data; gone once the mail has been handed on. */
      sealedMessage: text(),
      status: text({ enum: mailStatuses }).notNull().default("waiting"),
      attempts: integer().notNull().default(0),
      nextTryAt: instant().notNull(),
      /** In words, where the last try failed. */
      lastError: text(),
      createdAt: instant().notNull().defaultNow(),
      sentAt: instant(),
    },
    (table) => [index().on(table.status, table.nextTryAt), index().on(table.createdAt)],
  );
}

export interface CredentialTables {
  readonly policy: ReturnType<typeof passwordPolicyTable>;
  readonly history: ReturnType<typeof passwordHistoryTable>;
  readonly links: ReturnType<typeof credentialLinkTable>;
  readonly requests: ReturnType<typeof recoveryRequestTable>;
  readonly outbox: ReturnType<typeof mailOutboxTable>;
}
