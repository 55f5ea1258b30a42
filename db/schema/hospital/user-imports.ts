import { index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";
import { scopes } from "./roles.ts";

export const userImportStatuses = ["draft", "waiting", "running", "done"] as const;

/** One list of staff brought in from a file. In a draft the counts are what would happen. */
export const userImportRuns = pgTable(
  "user_import_runs",
  {
    id: id(),
    status: text({ enum: userImportStatuses }).notNull().default("draft"),
    origin: text({ enum: ["page", "api", "command"] }).notNull(),
    fileName: text().notNull(),
    rowsTotal: integer().notNull().default(0),
    rowsDone: integer().notNull().default(0),
    ready: integer().notNull().default(0),
    existing: integer().notNull().default(0),
    faulty: integer().notNull().default(0),
    created: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    startedBy: uuid(),
    startedByName: text().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
    /** When a worker last said that it is at it. */
    aliveAt: instant(),
    ...history(),
  },
  (table) => [index("user_import_runs_recent").on(table.createdAt.desc(), table.id.desc())],
);

export const userImportRowStatuses = ["ready", "existing", "faulty", "created", "failed"] as const;

/** One line of the file as it was read, what is wrong with it, and what became of it. */
export const userImportRows = pgTable(
  "user_import_rows",
  {
    id: id(),
    runId: uuid()
      .notNull()
      .references(() => userImportRuns.id, { onDelete: "cascade" }),
    line: integer().notNull(),
    name: text().notNull(),
    email: text().notNull(),
    phone: text(),
    role: text().notNull(),
    departments: text().notNull(),
    scope: text({ enum: scopes }).notNull().default("hospital"),
    status: text({ enum: userImportRowStatuses }).notNull(),
    field: text(),
    code: text(),
    message: text(),
    userId: uuid(),
    ...history(),
  },
  (table) => [uniqueIndex("user_import_rows_in_order").on(table.runId, table.line)],
);
