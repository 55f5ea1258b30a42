import { integer, timestamp, uuid } from "drizzle-orm/pg-core";

/** A UUIDv7 made by the app: sortable by time, never the same in two databases. */
export const id = () =>
  uuid()
    .primaryKey()
    .$defaultFn(() => Bun.randomUUIDv7());

/** A UTC instant. */
export const instant = () => timestamp({ withTimezone: true, mode: "date", precision: 3 });

/** When the row was made and last changed, and how many times: `version` is the row's ETag. */
export const history = () => ({
  createdAt: instant().notNull().defaultNow(),
  updatedAt: instant().notNull().defaultNow(),
  version: integer().notNull().default(1),
});
