import { type SQL, sql } from "drizzle-orm";
import { nodes } from "../../db/schema/control/nodes.ts";

/**
 * A condition on servers: this one has a hospital's writing, or was the last to have it and was taken off, and it
 * has not come back here. The database here is a copy.
 */
export function holdsTheWriting(): SQL {
  return sql`(${nodes.status} = 'active' or (${nodes.activeAt} is not null and ${nodes.returnedAt} is null))`;
}

/** Of several such servers the one that runs, else the last that did. */
export function runningFirst(): readonly [SQL, SQL] {
  return [sql`(${nodes.status} = 'active') desc nulls last`, sql`${nodes.activeAt} desc nulls last`];
}
