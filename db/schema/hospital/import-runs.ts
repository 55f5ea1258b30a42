import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";

export const importStatuses = ["draft", "waiting", "running", "stopped", "done"] as const;
export const importFileStatuses = ["waiting", "done", "refused"] as const;

/** How many records of each type: `{"Patient": 1, "Observation": 52}`. */
export type TypeCounts = Readonly<Record<string, number>>;

/** What became, or in a draft would become, of the records. */
const counted = () => ({
  recordsTotal: integer().notNull().default(0),
  created: jsonb().$type<TypeCounts>().notNull().default({}),
  existing: jsonb().$type<TypeCounts>().notNull().default({}),
  skipped: jsonb().$type<TypeCounts>().notNull().default({}),
  refused: jsonb().$type<TypeCounts>().notNull().default({}),
  errorCount: integer().notNull().default(0),
});

/** One import of one or many files. In a draft the counts are what would happen; from the start on, what has. */
export const importRuns = pgTable(
  "import_runs",
  {
    id: id(),
    status: text({ enum: importStatuses }).notNull().default("draft"),
    origin: text({ enum: ["page", "api", "command"] }).notNull(),
    /** The system that the files come from, for records that do not name one. */
    source: text().notNull(),
    /** Whether good records of a file are taken although others of it are refused. */
    keepGood: boolean().notNull().default(false),
    filesTotal: integer().notNull().default(0),
    filesDone: integer().notNull().default(0),
    recordsDone: integer().notNull().default(0),
    ...counted(),
    startedBy: uuid(),
    startedByName: text().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
    /** When a worker last said that it is at it. */
    aliveAt: instant(),
    ...history(),
  },
  (table) => [index("import_runs_recent").on(table.createdAt.desc(), table.id.desc())],
);

/** One file of an import. */
export const importRunFiles = pgTable(
  "import_run_files",
  {
    id: id(),
    runId: uuid()
      .notNull()
      .references(() => importRuns.id),
    position: integer().notNull(),
    name: text().notNull(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
    status: text({ enum: importFileStatuses }).notNull().default("waiting"),
    ...counted(),
    finishedAt: instant(),
    ...history(),
  },
  (table) => [uniqueIndex("import_run_files_in_order").on(table.runId, table.position)],
);

/** Why one record, or one file, was refused. `entry` counts from 0 within the file; null where the file itself is at fault. */
export const importRunErrors = pgTable(
  "import_run_errors",
  {
    id: id(),
    runId: uuid()
      .notNull()
      .references(() => importRuns.id),
    fileId: uuid()
      .notNull()
      .references(() => importRunFiles.id),
    position: integer().notNull(),
    entry: integer(),
    resourceType: text(),
    resourceId: text(),
    /** The path within the record: `name[0].family`. */
    field: text(),
    code: text().notNull(),
    message: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex("import_run_errors_in_order").on(table.fileId, table.position)],
);

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/**
 * What was uploaded and is not read yet, gzipped; gone once its file is done. Not copied to the online copy: the rows
 * that come of it are.
 */
export const importUploads = pgTable("import_uploads", {
  fileId: uuid()
    .primaryKey()
    .references(() => importRunFiles.id),
  content: bytes().notNull(),
});
