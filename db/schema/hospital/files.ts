import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

/** What a file may be, as its first bytes say. */
export const mediaTypes = ["application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain"] as const;

export const documentKinds = [
  "referral",
  "result",
  "consent",
  "identity",
  "letter",
  "image",
  "other",
] as const;

/** Content that documents name, by its SHA-256. The bytes lie on disk (`server/files`). */
export const files = pgTable(
  "files",
  {
    sha256: text().primaryKey(),
    bytes: integer().notNull(),
    mediaType: text({ enum: mediaTypes }).notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [check("files_sha256", sql`${table.sha256} ~ '^[0-9a-f]{64}$'`)],
);

/** Which files the other side has said that it holds whole. It stays on its node. */
export const fileCopies = pgTable("file_copies", {
  sha256: text()
    .primaryKey()
    .references(() => files.sha256, { onDelete: "cascade" }),
  copiedAt: instant().notNull(),
});

/** A scan, picture or letter in a patient's record. A deleted one stays, with `deletedAt`. */
export const documents = pgTable(
  "documents",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    kind: text({ enum: documentKinds }).notNull(),
    title: text().notNull(),
    fileSha256: text()
      .notNull()
      .references(() => files.sha256),
    /** As it was called where it came from. */
    fileName: text().notNull(),
    createdBy: uuid(),
    createdByName: text().notNull(),
    deletedAt: instant(),
    deletedByName: text(),
    ...history(),
  },
  (table) => [
    index("documents_of_patient").on(table.patientId, table.createdAt.desc(), table.id.desc()),
    index("documents_of_file").on(table.fileSha256),
  ],
);
